package fabrictest

import (
	"net/http"
	"strconv"
	"time"
)

// Workspace is a workspace as Fabric's API tells it.
type Workspace struct {
	// All are sent as they are; Fabric's own IDs are GUIDs, and its Type is Personal, Workspace or AdminWorkspace.
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Description string `json:"description"`
	Type        string `json:"type"`
}

// FabricItem is an item as Fabric's API tells it.
type FabricItem struct {
	// ID and WorkspaceID are what the item is found by; all are sent as they are.
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Description string `json:"description"`
	Type        string `json:"type"`
	WorkspaceID string `json:"workspaceId"`
}

// Grant sets the permissions that every user has on an item; none where none are given.
func (s *Server) Grant(itemID string, permissions ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.permissions[itemID] = permissions
}

// Throttle answers the next n calls of Fabric's API and of workload control with 429 and, where it is not zero, with
// Retry-After in seconds.
func (s *Server) Throttle(n int, retryAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.throttled, s.retryAfter = n, retryAfter
}

// SetOutage answers every call of Fabric's API and of workload control with 503 while it is on.
func (s *Server) SetOutage(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outage = on
}

// SetPageSize says how many entries a page of a list has, here and in OneLake. At first it is 100.
func (s *Server) SetPageSize(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pageSize = n
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	s.files.pageSize = n
}

// AddWorkspace adds a workspace to those that every user may see.
func (s *Server) AddWorkspace(w Workspace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspaces = append(s.workspaces, w)
}

// AddItem adds an item to those that every user may see.
func (s *Server) AddItem(item FabricItem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[item.WorkspaceID+"/"+item.ID] = item
}

// File is a file in OneLake: workspace/item/Files/name.
func (s *Server) File(path string) ([]byte, bool) { return s.files.file(path) }

// PutFile puts a file into OneLake.
func (s *Server) PutFile(path string, content []byte) { s.files.put(path, content) }

// PermissionCalls says how often workload control was asked for permissions.
func (s *Server) PermissionCalls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// interrupted puts the interruptions that Throttle and SetOutage ask for in front of a handler and its check of tokens.
func (s *Server) interrupted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.interrupt(w) {
			next.ServeHTTP(w, r)
		}
	})
}

// interrupt answers a call as Throttle and SetOutage said, and says whether it did.
func (s *Server) interrupt(w http.ResponseWriter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.outage:
		noted(w).Injected = true
		fabricError(w, http.StatusServiceUnavailable, "ServiceUnavailable", "The local Fabric has an outage.")
	case s.throttled > 0:
		s.throttled--
		noted(w).Injected = true
		if s.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(s.retryAfter.Seconds())))
		}
		fabricError(w, http.StatusTooManyRequests, "RequestBlocked", "The local Fabric asks to wait.")
	default:
		return false
	}
	return true
}

// resolvePermissions answers what the user of the subject token may do with an item. A user without any permission does
// not learn that there is such an item.
func (s *Server) resolvePermissions(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	permissions := s.permissions[r.PathValue("item")]
	s.mu.Unlock()
	if s.interrupt(w) {
		return
	}
	if _, err := s.checkComposite(r, noted(w)); err != nil {
		fabricError(w, http.StatusUnauthorized, "TokenNotValid", err.Error())
		return
	}
	if len(permissions) == 0 {
		fabricError(w, http.StatusNotFound, "EntityNotFound", "There is no such item.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"permissions": permissions})
}

// listWorkspaces answers one page; the continuation token is the number of workspaces on the pages before.
func (s *Server) listWorkspaces(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, _ := strconv.Atoi(r.URL.Query().Get("continuationToken"))
	from = min(max(from, 0), len(s.workspaces))
	to := min(from+s.pageSize, len(s.workspaces))
	page := map[string]any{"value": append([]Workspace{}, s.workspaces[from:to]...)}
	if to < len(s.workspaces) {
		page["continuationToken"] = strconv.Itoa(to)
		page["continuationUri"] = s.URL + "/v1/workspaces?continuationToken=" + strconv.Itoa(to)
	}
	writeJSON(w, http.StatusOK, page)
}

func (s *Server) getItem(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	item, ok := s.items[r.PathValue("workspace")+"/"+r.PathValue("item")]
	s.mu.Unlock()
	if !ok {
		fabricError(w, http.StatusNotFound, "ItemNotFound", "There is no such item.")
		return
	}
	writeJSON(w, http.StatusOK, item)
}

func fabricError(w http.ResponseWriter, status int, code, message string) {
	call := noted(w)
	call.Code, call.Reason = code, message
	writeJSON(w, status, map[string]string{"errorCode": code, "message": message})
}
