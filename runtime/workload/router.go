package workload

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// Router is http.ServeMux with two differences: a path or method that nothing is served at is answered with the
// contract's error body, and a pattern that conflicts with another is an error and no panic. Paths are never cleaned
// or redirected. Register everything before it serves.
type Router struct {
	mux http.ServeMux
}

// Handle serves pattern, in ServeMux's form such as "GET /items/{itemId}".
func (rt *Router) Handle(pattern string, handler http.Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("workload: serving %q: %v", pattern, p)
		}
	}()
	rt.mux.Handle(pattern, handler)
	return nil
}

// ServeHTTP implements http.Handler.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, pattern := rt.mux.Handler(r)
	if pattern == "" || !isClean(r.URL.Path) {
		writeUnserved(w, r, handler)
		return
	}
	rt.mux.ServeHTTP(w, r)
}

func isClean(p string) bool {
	return p == "/" || path.Clean(p) == strings.TrimSuffix(p, "/")
}

// writeUnserved lets ServeMux's own handler tell 404 from 405, and says it in the contract's form.
func writeUnserved(w http.ResponseWriter, r *http.Request, mux http.Handler) {
	own := ownAnswer{header: http.Header{}}
	mux.ServeHTTP(&own, r)
	if own.status == http.StatusMethodNotAllowed {
		allow := own.header.Get("Allow")
		apierror.Write(w, r, apierror.Newf(http.StatusMethodNotAllowed, apierror.MethodNotAllowed,
			"This path is not served for %s; it is for %s.", r.Method, allow).SetHeader("Allow", allow))
		return
	}
	apierror.Write(w, r, apierror.New(http.StatusNotFound, apierror.NotFound, "Nothing is served at this path."))
}

// ownAnswer is what ServeMux would have sent.
type ownAnswer struct {
	header http.Header
	status int
}

func (o *ownAnswer) Header() http.Header         { return o.header }
func (o *ownAnswer) Write(p []byte) (int, error) { return len(p), nil }
func (o *ownAnswer) WriteHeader(status int)      { o.status = status }
