package localentra

import (
	"net/http"
	"net/url"
	"slices"
)

// sessionCookie names who is signed in in a browser. Cookies know no ports, hence the long name.
const sessionCookie = "fabgen_local_entra"

// session is the people who are signed in in the browser.
func (s *Server) session(r *http.Request) []*user {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	users, _ := s.sessions.get(s.options.Now(), cookie.Value)
	return users
}

// remember signs the interaction's user in, in the browser.
func (s *Server) remember(w http.ResponseWriter, r *http.Request, ix *interaction) {
	users := s.session(r)
	if slices.Contains(users, ix.user) {
		return
	}
	s.mu.Lock()
	id := s.sessions.put(s.options.Now(), append(slices.Clone(users), ix.user))
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
}

// logout signs everybody out in the browser (OpenID Connect RP-Initiated Logout 1.0), and goes where the application
// wants to, if that is a redirect URI of its.
func (s *Server) logout(w http.ResponseWriter, r *http.Request, path string) {
	values, refusal := parameters(w, r)
	if refusal != nil {
		s.showRefusal(w, r, &authorization{path: path}, refusal)
		return
	}
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		s.sessions.remove(cookie.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
	back := values.Get("post_logout_redirect_uri")
	for _, client := range s.catalog.clients {
		if _, ok := client.redirect(back); ok {
			s.sendBack(w, r, &authorization{redirect: back, state: values.Get("state")}, url.Values{})
			return
		}
	}
	s.showDone(w, r, "You are signed out", "You can close this window.")
}
