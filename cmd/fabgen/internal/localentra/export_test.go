package localentra

import "net/http"

// Handler is what the pages' listener serves.
func (s *Server) Handler() http.Handler { return s.pages.Handler }
