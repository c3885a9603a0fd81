package workload

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// HandlerFunc serves a call of the data plane whose token, scope and permissions were checked. Its error becomes the
// answer as ErrorFor says, so it must not have written one before.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Route is one operation of the data plane.
type Route struct {
	// Pattern is method and path in http.ServeMux's form: "GET /forecasts/{forecastId}". It stands under /api.
	Pattern string
	// Scopes are the data-plane scopes of which a caller needs any one.
	Scopes []string
	// Permissions are those that the user needs on the item that workspaceId and itemId name, in the path or in the
	// query. Fabric is asked for them before Handler runs. None: Fabric is not asked.
	Permissions []string
	// Handler runs once the caller is let in. An error that it returns is answered as ErrorFor says.
	Handler HandlerFunc
}

// DataPlaneConfig is what a data plane is made of. Auth is required, and Control where a route has permissions.
type DataPlaneConfig struct {
	Auth    *auth.Authenticator // lets callers in by Route.Scopes
	Control *Control            // asks Fabric for Route.Permissions
	Routes  []Route
	Origins []string // browsers' origins that may call, as ParseOrigins gives them

	// TenantRate is how many calls a tenant may make in a minute, in bursts of up to a quarter of that; more are
	// answered with 429. 0 is no limit.
	TenantRate int
}

// NewDataPlane serves the routes, at their own paths. It fails on a route without scopes, without a handler, or whose
// pattern conflicts with another's.
func NewDataPlane(cfg DataPlaneConfig) (http.Handler, error) {
	if cfg.Auth == nil {
		return nil, errors.New("workload: DataPlaneConfig.Auth is nil; give the Authenticator that auth.New makes")
	}
	router, rates := &Router{}, newTenantRates(cfg.TenantRate)
	for _, route := range cfg.Routes {
		handler, err := cfg.handler(route, rates)
		if err == nil {
			err = router.Handle(route.Pattern, handler)
		}
		if err != nil {
			return nil, err
		}
	}
	return cors(cfg.Origins, router), nil
}

func (cfg DataPlaneConfig) handler(route Route, rates *tenantRates) (http.Handler, error) {
	if route.Handler == nil || len(route.Scopes) == 0 {
		return nil, fmt.Errorf("workload: route %q needs a handler and at least one scope", route.Pattern)
	}
	if len(route.Permissions) > 0 && cfg.Control == nil {
		return nil, fmt.Errorf("workload: route %q needs permissions and there is no Control to ask for them", route.Pattern)
	}
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteCaller(r)
		err := cfg.permit(r, route.Permissions)
		if err == nil {
			err = route.Handler(w, r)
		}
		if err != nil {
			WriteError(w, r, err, auth.DataPlane)
		}
	})
	return cfg.Auth.DataPlane(route.Scopes...)(rates.limit(inner)), nil
}

// permit asks Fabric for the user's permissions on the call's item.
func (cfg DataPlaneConfig) permit(r *http.Request, permissions []string) error {
	if len(permissions) == 0 {
		return nil
	}
	workspace, item, err := ItemIDs(r)
	if err != nil {
		return err
	}
	if caller, ok := auth.CallerFrom(r.Context()); ok {
		noteItem(r.Context(), ItemKey{TenantID: caller.TenantID, WorkspaceID: workspace, ItemID: item})
	}
	return cfg.Control.Require(r.Context(), workspace, item, permissions...)
}

// ItemIDs gives the item that a call of the data plane names by workspaceId and itemId, in the path or in the query.
// Its error is for the caller (*apierror.Error, 400).
func ItemIDs(r *http.Request) (workspaceID, itemID string, err error) {
	if workspaceID, err = itemParam(r, "workspaceId"); err != nil {
		return "", "", err
	}
	itemID, err = itemParam(r, "itemId")
	return workspaceID, itemID, err
}

// itemParam takes an ID from the path, or from the query, where it must stand once.
func itemParam(r *http.Request, name string) (string, error) {
	if value := r.PathValue(name); value != "" {
		return uuidOf(name, value)
	}
	values := r.URL.Query()[name]
	if len(values) != 1 {
		return "", apierror.Newf(http.StatusBadRequest, apierror.InvalidRequest,
			"The query must have %s once; it has it %d times.", name, len(values)).Permanent(true)
	}
	return uuidOf(name, values[0])
}

// Me answers who calls, with which scopes: a first thing to try when a front-end is set up.
func Me(w http.ResponseWriter, r *http.Request) error {
	caller, ok := auth.CallerFrom(r.Context())
	if !ok {
		return errors.New("workload: Me is served without auth.DataPlane before it")
	}
	return WriteJSON(w, http.StatusOK, map[string]any{
		"tenantId": caller.TenantID, "objectId": caller.ObjectID, "appId": caller.AppID,
		"scopes": append([]string{}, caller.Scopes...),
	})
}
