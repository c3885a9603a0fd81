package workload

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// Config is what a Service is made of. Auth is required, and Endpoints where Fabric shall resolve endpoints here.
type Config struct {
	Auth      *auth.Authenticator // lets Fabric's calls in
	Items     []ItemType          // one for each item type of the manifest
	Store     Store               // default: NewMemoryStore()
	Endpoints EndpointResolver    // default: none; Fabric's question is answered with 404
	Logger    *slog.Logger        // default: slog.Default()
	Now       func() time.Time    // default: time.Now

	Workers     int // jobs that run at the same time; default 8
	WaitingJobs int // jobs that may wait for a worker, beyond which a start is answered with 429; default 1000

	// Lease is within what time after a replica's death another one takes its jobs over. A replica that cannot reach the
	// store gives its own up in that time. Default 20 seconds.
	Lease time.Duration
}

// Service is the Workload REST contract over a workload's item types. It is safe for concurrent use.
type Service struct {
	auth      *auth.Authenticator
	types     map[string]ItemType
	store     Store
	endpoints EndpointResolver
	logger    *slog.Logger
	replica   string        // the name of this one of all that share the store
	lease     time.Duration // for which a job is this replica's, from each renewal on
	locks     itemLocks
	runner    *runner
	leases    leases
	router    Router
}

// New checks the configuration and makes a Service. It fails on an item type without name or handler, on a job that is
// not named after its item type, and on a type that is there twice.
func New(cfg Config) (*Service, error) {
	s := &Service{
		auth: cfg.Auth, types: map[string]ItemType{}, store: cfg.Store, endpoints: cfg.Endpoints,
		logger: cfg.Logger, replica: rand.Text(), lease: renewals * leaseTick(cfg.Lease),
		runner: newRunner(positive(cfg.Workers, 8), positive(cfg.WaitingJobs, 1000)),
	}
	if s.auth == nil {
		return nil, errors.New("workload: Config.Auth is nil; give the Authenticator that auth.New makes")
	}
	if s.store == nil {
		s.store = NewMemoryStore()
	}
	if s.logger == nil {
		s.logger = slog.Default()
	}
	for _, t := range cfg.Items {
		if err := s.add(t); err != nil {
			return nil, err
		}
	}
	return s, s.route()
}

func (s *Service) add(t ItemType) error {
	if t.Name == "" || t.Handler == nil {
		return fmt.Errorf("workload: item type %q needs a full name and a handler", t.Name)
	}
	if _, twice := s.types[t.Name]; twice {
		return fmt.Errorf("workload: item type %q is there twice", t.Name)
	}
	for name, run := range t.Jobs {
		if !strings.HasPrefix(name, t.Name+".") || run == nil {
			return fmt.Errorf("workload: job type %q of item type %q needs a function and a full name: %s.<Job>",
				name, t.Name, t.Name)
		}
	}
	s.types[t.Name] = t
	return nil
}

// route serves the eight operations of the contract. Fabric may delete an item, and resolves an endpoint, on behalf of
// nobody; endpoint resolution is about no tenant either.
func (s *Service) route() error {
	const item = "/workspaces/{workspaceId}/items/{itemType}/{itemId}"
	const job = item + "/jobTypes/{jobType}/instances/{jobInstanceId}"
	user, anyone := auth.ControlPlaneRules{}, auth.ControlPlaneRules{SubjectOptional: true}
	return errors.Join(
		s.serve("POST "+item, user, s.onItem(s.createItem)),
		s.serve("PATCH "+item, user, s.onItem(s.updateItem)),
		s.serve("DELETE "+item, anyone, s.onItem(s.deleteItem)),
		s.serve("GET "+item+"/payload", user, s.onItem(s.itemPayload)),
		s.serve("POST "+job, user, s.onJob(s.startJob)),
		s.serve("GET "+job, user, s.onJob(s.jobStatus)),
		s.serve("POST "+job+"/cancel", user, s.onJob(s.cancelJob)),
		s.serve("POST /resolve-api-path-placeholder",
			auth.ControlPlaneRules{SubjectOptional: true, TenantHeaderOptional: true}, s.resolveEndpoint),
	)
}

// operation serves one call whose tokens were validated; its error becomes the answer.
type operation func(w http.ResponseWriter, r *http.Request) error

func (s *Service) serve(pattern string, rules auth.ControlPlaneRules, op operation) error {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteCaller(r)
		if err := op(w, r); err != nil {
			WriteError(w, r, err, auth.ControlPlane)
		}
	})
	return s.router.Handle(pattern, s.auth.ControlPlane(rules)(inner))
}

// Start has the service take over jobs that other replicas have lost, even before it starts a job of its own. It gives
// back at once; Shutdown ends it.
func (s *Service) Start() { s.keepLeases() }

// ServeHTTP serves the contract's paths, which begin with /workspaces or are /resolve-api-path-placeholder: put it
// under the base path with http.StripPrefix, or use Site.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// target is what a call is about, taken from its path and its caller.
type target struct {
	key      ItemKey
	itemType ItemType
}

func (s *Service) onItem(op func(http.ResponseWriter, *http.Request, target) error) operation {
	return func(w http.ResponseWriter, r *http.Request) error {
		t, err := s.target(r)
		if err != nil {
			return err
		}
		return op(w, r, t)
	}
}

func (s *Service) target(r *http.Request) (target, error) {
	caller, ok := auth.CallerFrom(r.Context())
	if !ok || caller.TenantID == "" {
		return target{}, errors.New("workload: the call has no tenant; auth.ControlPlane must stand before this handler")
	}
	workspace, err := uuidOf("workspaceId", r.PathValue("workspaceId"))
	if err != nil {
		return target{}, err
	}
	item, err := uuidOf("itemId", r.PathValue("itemId"))
	if err != nil {
		return target{}, err
	}
	itemType, ok := s.types[r.PathValue("itemType")]
	if !ok {
		return target{}, apierror.New(http.StatusNotFound, apierror.UnknownItemType,
			"This workload has no such item type; the full name of the item's manifest is right.").Permanent(true)
	}
	key := ItemKey{TenantID: strings.ToLower(caller.TenantID), WorkspaceID: workspace, ItemID: item}
	noteItem(r.Context(), key)
	return target{key: key, itemType: itemType}, nil
}

func positive(value, fallback int) int {
	if value > 0 {
		return value
	}
	return fallback
}
