package fabrictest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// workspaceScopes let a user's token read workspaces, and which items are in them. user_impersonation is for tests, to
// which scopes are no matter.
// https://learn.microsoft.com/rest/api/fabric/core/workspaces/list-workspaces
var workspaceScopes = anyOf("Workspace.Read.All", "Workspace.ReadWrite.All", "user_impersonation")

// itemScopes let a user's token read the item of the path: all items, or those of its type.
// https://learn.microsoft.com/rest/api/fabric/articles/scopes
func (s *Server) itemScopes(r *http.Request) []string {
	scopes := []string{"Item.Read.All", "Item.ReadWrite.All", "user_impersonation"}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.find(r.PathValue("workspace"), r.PathValue("item")); at >= 0 && s.items[at].Type != "" {
		scopes = append(scopes, s.items[at].Type+".Read.All", s.items[at].Type+".ReadWrite.All")
	}
	return scopes
}

// listWorkspaces answers one page of the workspaces that the caller may see.
func (s *Server) listWorkspaces(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := []Workspace{}
	for _, workspace := range s.workspaces {
		if s.sees(workspace.ID, caller(r)) {
			seen = append(seen, workspace)
		}
	}
	answerPage(w, r, s, seen)
}

func (s *Server) getWorkspace(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if workspace, ok := s.workspace(w, r); ok {
		writeJSON(w, http.StatusOK, workspace)
	}
}

// listItems answers one page of a workspace's items, or of those of one type.
func (s *Server) listItems(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	workspace, ok := s.workspace(w, r)
	if !ok {
		return
	}
	wanted, found := r.URL.Query().Get("type"), []FabricItem{}
	for _, item := range s.items {
		if strings.EqualFold(item.WorkspaceID, workspace.ID) && (wanted == "" || item.Type == wanted) {
			found = append(found, item)
		}
	}
	answerPage(w, r, s, found)
}

func (s *Server) getItem(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.find(r.PathValue("workspace"), r.PathValue("item"))
	if at < 0 || !s.sees(r.PathValue("workspace"), caller(r)) {
		fabricError(w, http.StatusNotFound, "ItemNotFound", "There is no such item.")
		return
	}
	writeJSON(w, http.StatusOK, s.items[at])
}

// workspace is that of the path, where the caller may see it. Otherwise it has answered. Server.mu is held.
func (s *Server) workspace(w http.ResponseWriter, r *http.Request) (Workspace, bool) {
	for _, workspace := range s.workspaces {
		if strings.EqualFold(workspace.ID, r.PathValue("workspace")) && s.sees(workspace.ID, caller(r)) {
			return workspace, true
		}
	}
	fabricError(w, http.StatusNotFound, "WorkspaceNotFound", "There is no such workspace.")
	return Workspace{}, false
}

// caller is the object ID of whom the call's token stands for.
func caller(r *http.Request) string {
	token, _ := r.Context().Value(tokenKey{}).(*entratest.Token)
	return token.ObjectID
}

// answerPage answers one page of a list; the continuation token is the number of entries on the pages before. Server.mu
// is held.
func answerPage[T any](w http.ResponseWriter, r *http.Request, s *Server, all []T) {
	query := r.URL.Query()
	from, _ := strconv.Atoi(query.Get("continuationToken"))
	from = min(max(from, 0), len(all))
	to := min(from+s.pageSize, len(all))
	page := map[string]any{"value": all[from:to]}
	if to < len(all) {
		next := url.Values{"continuationToken": {strconv.Itoa(to)}}
		if kind := query.Get("type"); kind != "" {
			next.Set("type", kind)
		}
		page["continuationToken"] = strconv.Itoa(to)
		page["continuationUri"] = s.URL + r.URL.EscapedPath() + "?" + next.Encode()
	}
	writeJSON(w, http.StatusOK, page)
}
