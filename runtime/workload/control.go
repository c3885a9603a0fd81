package workload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// DefaultFabricURL is the origin of Fabric's public API.
const DefaultFabricURL = "https://api.fabric.microsoft.com"

// Control is a client of Fabric's workload control, which a workload calls with the tokens of its caller and of its
// own application together (flow C). It is safe for concurrent use.
type Control struct {
	auth *auth.Authenticator
	api  *API
}

// NewControl makes a client of the workload control at the origin of Fabric's API, such as DefaultFabricURL. client
// reaches it; nil means one of its own. One call takes at most ten seconds.
func NewControl(a *auth.Authenticator, fabricURL string, client *http.Client) (*Control, error) {
	if a == nil {
		return nil, errors.New("workload: NewControl needs the Authenticator that auth.New makes")
	}
	if client == nil {
		client = &http.Client{}
	}
	bounded := *client
	bounded.Timeout = 10 * time.Second
	bounded.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	api, err := newAPI("workload control", fabricURL, &bounded)
	if err != nil {
		return nil, err
	}
	return &Control{auth: a, api: api}, nil
}

// PermissionError is a caller who lacks permissions on an item.
type PermissionError struct {
	// WorkspaceID and ItemID name the item; Missing are Fabric's names of the permissions, such as Read.
	WorkspaceID, ItemID string
	Missing             []string
}

// Error names what is missing, for the log.
func (e *PermissionError) Error() string {
	return fmt.Sprintf("workload: the user lacks %s on item %s of workspace %s",
		strings.Join(e.Missing, ", "), e.ItemID, e.WorkspaceID)
}

// ResolvePermissions gives the permissions of the context's caller on an item, as Fabric names them. A caller without
// access to the item has none, and so has an item that is not there. 429 comes back as a *ResourceError with
// RetryAfter, every other failure as one or as an error of the auth package.
func (c *Control) ResolvePermissions(ctx context.Context, workspaceID, itemID string) ([]string, error) {
	header, err := c.auth.SubjectAndAppHeader(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking Fabric for permissions: %w", err)
	}
	var reply struct {
		Permissions []string `json:"permissions"`
	}
	call := Call{
		Path:   []string{"v1", "workload-control", "workspaces", workspaceID, "items", itemID, "resolvepermissions"},
		Header: http.Header{"Authorization": {header}},
		Into:   &reply,
	}
	forwardIDs(ctx, call.Header)
	_, err = c.api.Do(ctx, call)
	var answer *ResourceError
	if errors.As(err, &answer) && (answer.Status == http.StatusForbidden || answer.Status == http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking Fabric for permissions: %w", err)
	}
	return reply.Permissions, nil
}

// Require fails with a *PermissionError inside an *apierror.Error (403) unless the caller has every permission on the
// item. Permissions are compared without case.
func (c *Control) Require(ctx context.Context, workspaceID, itemID string, permissions ...string) error {
	have, err := c.ResolvePermissions(ctx, workspaceID, itemID)
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(slices.Clone(permissions), func(want string) bool {
		return slices.ContainsFunc(have, func(p string) bool { return strings.EqualFold(p, want) })
	})
	if len(missing) == 0 {
		return nil
	}
	return apierror.Newf(http.StatusForbidden, apierror.AccessDenied, "You need the permission %s on this item.",
		strings.Join(missing, ", ")).Permanent(true).
		Because(&PermissionError{WorkspaceID: workspaceID, ItemID: itemID, Missing: missing})
}

// forwardIDs names the call to Fabric by the caller's ActivityId.
func forwardIDs(ctx context.Context, header http.Header) {
	if activity, _ := auth.IDsFrom(ctx); activity != "" {
		header.Set("ActivityId", activity)
	}
}
