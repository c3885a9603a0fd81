package auth

import (
	"context"
	"log/slog"
	"net/http"
)

// Headers by which Fabric names a call, in requests and in responses.
const (
	HeaderActivityID     = "ActivityId"
	HeaderRequestID      = "RequestId"
	HeaderClientTenantID = "x-ms-client-tenant-id"
)

// The same in the form that http.Header keeps names in: for others it makes that form anew on each call.
var (
	canonicalActivityID     = http.CanonicalHeaderKey(HeaderActivityID)
	canonicalRequestID      = http.CanonicalHeaderKey(HeaderRequestID)
	canonicalClientTenantID = http.CanonicalHeaderKey(HeaderClientTenantID)
)

// maxRequestID bounds a request ID that comes from outside. Fabric's are GUIDs.
const maxRequestID = 64

type requestIDs struct{ activity, request string }

type requestIDsKey struct{}

// RequestIDs puts the call's ActivityId and RequestId into its context and its response headers. IDs that come with the
// request are taken where they are short and plain; others are made anew. DataPlane and ControlPlane do this too where
// nobody has: use it on its own in front of what needs no token.
func RequestIDs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, withRequestIDs(w, r))
	})
}

// IDsFrom gives the call's IDs, "" where there are none in the context.
func IDsFrom(ctx context.Context) (activityID, requestID string) {
	ids, _ := ctx.Value(requestIDsKey{}).(requestIDs)
	return ids.activity, ids.request
}

func withRequestIDs(w http.ResponseWriter, r *http.Request) *http.Request {
	ids, known := idsOf(r)
	ids.echo(w)
	if known {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), requestIDsKey{}, ids))
}

// idsOf gives the IDs of the call's context, or, where there are none yet, those that the call is to have.
func idsOf(r *http.Request) (ids requestIDs, known bool) {
	if ids, known = r.Context().Value(requestIDsKey{}).(requestIDs); known {
		return ids, true
	}
	return requestIDs{activity: requestID(r, canonicalActivityID), request: requestID(r, canonicalRequestID)}, false
}

// attr is the IDs as one group for a log line.
func (ids requestIDs) attr() slog.Attr {
	return slog.Group("", slog.String("activityId", ids.activity), slog.String("requestId", ids.request))
}

func (ids requestIDs) echo(w http.ResponseWriter) {
	w.Header().Set(canonicalActivityID, ids.activity)
	w.Header().Set(canonicalRequestID, ids.request)
}

// requestID takes an ID that cannot break a log line or a header, or makes one.
func requestID(r *http.Request, header string) string {
	values := r.Header[header]
	if len(values) == 1 && len(values[0]) <= maxRequestID && tokenText(values[0]) {
		return values[0]
	}
	return newGUID()
}
