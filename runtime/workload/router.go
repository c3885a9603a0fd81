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
	rt.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if held, ok := w.(*heldAnswer); ok {
			w = held.served()
		}
		handler.ServeHTTP(w, r)
	})
	return nil
}

// ServeHTTP implements http.Handler. It matches once: ServeMux's own answer, where it serves nothing, is held back.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	held := &heldAnswer{to: w}
	if isClean(r.URL.Path) {
		rt.mux.ServeHTTP(held, r)
	}
	if !held.isServed {
		held.writeUnserved(r)
	}
}

func isClean(p string) bool {
	return p == "/" || path.Clean(p) == strings.TrimSuffix(p, "/")
}

// heldAnswer takes what ServeMux itself answers, and gives the call's real one to a handler that serves it.
type heldAnswer struct {
	to       http.ResponseWriter
	isServed bool

	header http.Header
	status int
}

func (h *heldAnswer) served() http.ResponseWriter {
	h.isServed = true
	return h.to
}

// writeUnserved says in the contract's form what ServeMux found, 404 or 405.
func (h *heldAnswer) writeUnserved(r *http.Request) {
	if h.status == http.StatusMethodNotAllowed {
		allow := h.header.Get("Allow")
		apierror.Write(h.to, r, apierror.Newf(http.StatusMethodNotAllowed, apierror.MethodNotAllowed,
			"This path is not served for %s; it is for %s.", r.Method, allow).SetHeader("Allow", allow))
		return
	}
	apierror.Write(h.to, r, apierror.New(http.StatusNotFound, apierror.NotFound, "Nothing is served at this path."))
}

// Header implements http.ResponseWriter.
func (h *heldAnswer) Header() http.Header {
	if h.header == nil {
		h.header = http.Header{}
	}
	return h.header
}

// Write implements http.ResponseWriter.
func (h *heldAnswer) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements http.ResponseWriter.
func (h *heldAnswer) WriteHeader(status int) { h.status = status }
