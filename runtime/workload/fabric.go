package workload

import (
	"context"
	"fmt"
	"net/url"

	"github.com/fabgen/fabgen/runtime/auth"
)

// Fabric calls Fabric's public API (flow D). What it has no method for is called with Do. It is safe for concurrent use.
type Fabric struct{ *API }

// NewFabric makes a client of Fabric's API at its origin, such as DefaultFabricURL.
func NewFabric(a *auth.Authenticator, resource auth.Resource, baseURL string) (*Fabric, error) {
	api, err := NewAPI(a, resource, baseURL)
	if err != nil {
		return nil, err
	}
	return &Fabric{API: api}, nil
}

// FabricWorkspace is a workspace that the caller may see.
type FabricWorkspace struct {
	// The names are those of Fabric's API; Description may be empty.
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Description string `json:"description"`
	Type        string `json:"type"`
	CapacityID  string `json:"capacityId"`
}

// FabricItem is an item of a workspace.
type FabricItem struct {
	// The names are those of Fabric's API; Description may be empty.
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Description string `json:"description"`
	Type        string `json:"type"`
	WorkspaceID string `json:"workspaceId"`
}

// Workspaces gives all workspaces that the caller may see, over as many pages as Fabric makes of them. Where there is
// none, the list is empty and not nil: handlers hand it on as JSON. It wants Workspace.Read.All or
// Workspace.ReadWrite.All: https://learn.microsoft.com/rest/api/fabric/core/workspaces/list-workspaces
func (f *Fabric) Workspaces(ctx context.Context) ([]FabricWorkspace, error) {
	out := []FabricWorkspace{}
	query := url.Values{}
	for range maxPages {
		var page struct {
			Value []FabricWorkspace `json:"value"`
			Next  string            `json:"continuationToken"`
		}
		if _, err := f.Do(ctx, Call{Path: []string{"v1", "workspaces"}, Query: query, Into: &page}); err != nil {
			return nil, err
		}
		out = append(out, page.Value...)
		if page.Next == "" {
			return out, nil
		}
		query.Set("continuationToken", page.Next)
	}
	return nil, fmt.Errorf("listing workspaces: there are over %d pages", maxPages)
}

// Item gives one item of a workspace. It wants Item.Read.All, Item.ReadWrite.All, or the same of the item's type alone:
// https://learn.microsoft.com/rest/api/fabric/core/items/get-item
func (f *Fabric) Item(ctx context.Context, workspaceID, itemID string) (*FabricItem, error) {
	var item FabricItem
	if err := f.Get(ctx, &item, "v1", "workspaces", workspaceID, "items", itemID); err != nil {
		return nil, err
	}
	return &item, nil
}
