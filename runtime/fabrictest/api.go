package fabrictest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
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
	s.permissions[strings.ToLower(itemID)] = permissions
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

// AddWorkspace adds a workspace, which every user may see until SetRole says who may.
func (s *Server) AddWorkspace(w Workspace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspaces = append(s.workspaces, w)
}

// AddItem adds an item to its workspace, or replaces the one of its ID.
func (s *Server) AddItem(item FabricItem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.find(item.WorkspaceID, item.ID); at >= 0 {
		s.items[at] = item
		return
	}
	s.items = append(s.items, item)
}

// RemoveItem drops an item, with what it has in OneLake and what was granted on it. Its error is the disk's.
func (s *Server) RemoveItem(workspaceID, itemID string) error {
	s.mu.Lock()
	if at := s.find(workspaceID, itemID); at >= 0 {
		s.items = slices.Delete(s.items, at, at+1)
	}
	delete(s.permissions, strings.ToLower(itemID))
	s.mu.Unlock()
	if err := s.files.drop(workspaceID, itemID); err != nil {
		return fmt.Errorf("fabrictest: deleting the item's files in OneLake: %w", err)
	}
	return nil
}

// find is the index of an item, or -1. Server.mu is held.
func (s *Server) find(workspaceID, itemID string) int {
	return slices.IndexFunc(s.items, func(i FabricItem) bool {
		return strings.EqualFold(i.WorkspaceID, workspaceID) && strings.EqualFold(i.ID, itemID)
	})
}

// File is a file in OneLake: workspace/item/Files/name.
func (s *Server) File(path string) ([]byte, bool) { return s.files.file(path) }

// PutFile puts a file into OneLake. It panics where that cannot be: the path is none, or the disk fails.
func (s *Server) PutFile(path string, content []byte) {
	if err := s.files.put(path, content); err != nil {
		panic(fmt.Sprintf("fabrictest: putting %s into OneLake: %v", path, err))
	}
}

// PermissionCalls says how often workload control was asked for permissions.
func (s *Server) PermissionCalls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// resolvePermissions answers what the user of the subject token may do with an item. A user without any permission does
// not learn that there is such an item.
func (s *Server) resolvePermissions(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	if s.interrupt(w, &s.fabricBreak, fabricError) {
		return
	}
	user, err := s.checkComposite(r, noted(w))
	if err != nil {
		fabricError(w, http.StatusUnauthorized, "TokenNotValid", err.Error())
		return
	}
	s.mu.Lock()
	permissions := s.permitted(r.PathValue("workspace"), r.PathValue("item"), user.ObjectID)
	s.mu.Unlock()
	if len(permissions) == 0 {
		fabricError(w, http.StatusNotFound, "EntityNotFound", "There is no such item.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"permissions": permissions})
}

func fabricError(w http.ResponseWriter, status int, code, message string) {
	call := noted(w)
	call.Code, call.Reason = code, message
	writeJSON(w, status, map[string]string{"errorCode": code, "message": message})
}

// dfsError is OneLake's form of an error.
func dfsError(w http.ResponseWriter, status int, code, message string) {
	call := noted(w)
	call.Code, call.Reason = code, message
	w.Header().Set("X-Ms-Error-Code", code)
	writeJSON(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a client that is gone has nobody to tell
}
