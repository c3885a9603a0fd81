package localentra

import (
	"net"
	"net/http"
	"strings"
)

// around is what stands before every endpoint, on both listeners.
func (s *Server) around(next http.Handler) http.Handler {
	inner := s.observe(onThisMachine(s.crossOrigin(next)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-s.ready // one listener is open before the other
		inner.ServeHTTP(w, r)
	})
}

// onThisMachine refuses requests for another host: a page of the internet may let its name point to this machine.
func onThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !loopbackHost(strings.Trim(host, "[]")) {
			http.Error(w, "The local Entra answers for localhost and loopback addresses alone.",
				http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// crossOrigin lets pages read what Entra lets them read: documents and keys all pages, tokens those of an origin that a
// redirect URI of a single-page application has.
func (s *Server) crossOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := kindOf(r.URL.Path)
		eventOf(r).Kind = kind
		origin := r.Header.Get("Origin")
		switch {
		case origin == "":
		case kind == KindDiscovery || kind == KindKeys:
			w.Header().Set("Access-Control-Allow-Origin", "*")
		case kind == KindToken:
			w.Header().Add("Vary", "Origin")
			if s.catalog.origin(origin) {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
			}
		}
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if !preflight {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		w.Header().Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}

// origin says whether a page of that origin is one of an application's.
func (c *catalog) origin(origin string) bool {
	for _, a := range c.clients {
		if a.origin(origin) {
			return true
		}
	}
	return false
}

// kindOf is the kind of a path.
func kindOf(path string) Kind {
	_, below, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch below {
	case ".well-known/openid-configuration", "v2.0/.well-known/openid-configuration":
		return KindDiscovery
	case "discovery/keys", "discovery/v2.0/keys":
		return KindKeys
	case "oauth2/v2.0/authorize":
		return KindAuthorize
	case "oauth2/v2.0/token":
		return KindToken
	case "oauth2/v2.0/logout":
		return KindLogout
	case "adminconsent", "v2.0/adminconsent":
		return KindAdminConsent
	case answerPath:
		return KindAnswer
	}
	return KindUnknown
}
