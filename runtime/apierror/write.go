package apierror

import (
	"encoding/json"
	"net/http"
	"slices"
)

// HeaderRequestID is the header that names one call, in requests and responses alike. Whoever serves a call sets it
// on the response first, so that Write can show it.
const HeaderRequestID = "RequestId"

// Write sends e as the response to r: its headers, its status and its body as JSON, never its cause. A server's own
// failure (500 and up) also shows the RequestId, by which the log has the cause. A nil e is an internal error.
// Nothing may have been written to w before.
func Write(w http.ResponseWriter, r *http.Request, e *Error) {
	if e == nil {
		e = Internal(nil)
	}
	header := w.Header()
	for key, values := range e.Header {
		header[http.CanonicalHeaderKey(key)] = slices.Clone(values)
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Del("Content-Length")
	w.WriteHeader(e.status())
	if r != nil && r.Method == http.MethodHead {
		return
	}
	body := e.Response
	if id := header.Get(HeaderRequestID); id != "" && e.status() >= http.StatusInternalServerError {
		body.Message += " RequestId: " + id
	}
	// The body is made of strings only, so that encoding cannot fail; a connection that is gone has nobody to tell.
	_ = json.NewEncoder(w).Encode(body)
}
