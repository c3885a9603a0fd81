package fabrictest

import (
	"slices"
	"strings"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// Role is what a user may do in a workspace.
type Role string

// The roles of Fabric's workspaces. Any other gives nothing.
const (
	RoleAdmin       Role = "Admin"
	RoleMember      Role = "Member"
	RoleContributor Role = "Contributor"
	RoleViewer      Role = "Viewer"
)

// Permissions are what the role lets a user do with each item of the workspace. Reading in OneLake takes ReadAll, which
// viewers have not: https://learn.microsoft.com/fabric/fundamentals/roles-workspaces
func (r Role) Permissions() []string {
	switch r {
	case RoleAdmin, RoleMember:
		return []string{"Read", "ReadAll", "Write", "Explore", "Execute", "Reshare"}
	case RoleContributor:
		return []string{"Read", "ReadAll", "Write", "Explore", "Execute"}
	case RoleViewer:
		return []string{"Read"}
	}
	return nil
}

// SetRole gives a user, by the ID of the tenant's directory, a role in a workspace; "" takes it away. A workspace in which
// any role was ever set is seen by those alone who have one; all others are everybody's. It is the workload's own
// application too that has a role, or none, where it calls with its own token.
func (s *Server) SetRole(workspaceID, userID string, role Role) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.ToLower(workspaceID)
	if s.roles[key] == nil {
		s.roles[key] = map[string]Role{}
	}
	s.roles[key][strings.ToLower(userID)] = role
}

// ForgetRoles takes back all that SetRole has said of a workspace: it is everybody's again.
func (s *Server) ForgetRoles(workspaceID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.roles, strings.ToLower(workspaceID))
}

// role is a user's in a workspace, and whether roles matter there. Server.mu is held.
func (s *Server) role(workspaceID, userID string) (role Role, matters bool) {
	roles, matters := s.roles[strings.ToLower(workspaceID)]
	return roles[strings.ToLower(userID)], matters
}

// sees says whether a user may see a workspace and its items. Server.mu is held.
func (s *Server) sees(workspaceID, userID string) bool {
	role, matters := s.role(workspaceID, userID)
	return !matters || len(role.Permissions()) > 0
}

// permitted is what a user may do with an item: what everybody was granted, and what comes of the role in the workspace.
// Server.mu is held.
func (s *Server) permitted(workspaceID, itemID, userID string) []string {
	out := slices.Clone(s.permissions[strings.ToLower(itemID)])
	if s.find(workspaceID, itemID) < 0 {
		return out
	}
	role, _ := s.role(workspaceID, userID)
	for _, p := range role.Permissions() {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// mayUseFiles says whether a token's owner may read or write an item's files. The workspace is told by its ID or its name,
// and where roles matter in it, the item by its ID.
func (s *Server) mayUseFiles(token *entratest.Token, workspace, item string, write bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workspaces {
		if w.DisplayName == workspace {
			workspace = w.ID
		}
	}
	if _, matters := s.role(workspace, token.ObjectID); !matters {
		return true
	}
	wanted := "ReadAll"
	if write {
		wanted = "Write"
	}
	return slices.Contains(s.permitted(workspace, item, token.ObjectID), wanted)
}
