// Package inspector is a page that shows, live, what the parts of a workload on this machine say to each other: each hop
// as a row of a sequence diagram, with its tokens decoded and why it was accepted or refused. Its buttons have exchanges
// fail on purpose, and it writes what happened down for a bug report.
package inspector

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
)

// Config says what an inspector shows. Origin and Recorder are required.
type Config struct {
	// Origin is where the page is served, such as http://localhost:60101. It may be served below a path.
	Origin string
	// Embedder is the origin of the one page that may show this one in a frame, such as the portal's. Default: nobody.
	Embedder string
	Recorder *hops.Recorder
	Faults   Faults // optional
	Workload string // its name for people
	Version  string // of fabgen, for exports
	// Names are what people call the IDs and URIs of tokens: applications, tenants, users, and the audiences of the
	// workload and of its own resources. The page itself knows Microsoft's, and warns of an audience that nobody knows.
	Names map[string]string
}

// Faults are what can be made to go wrong. Its methods are safe for concurrent use.
type Faults interface {
	// List gives all there are, in the order in which they are shown.
	List() []Fault
	// Trigger has one happen; of one that is a toggle it changes whether it is on. ErrNoFault is for an unknown ID.
	Trigger(ctx context.Context, id string) error
	// Forget takes back all that is still to happen. Toggles stay as they are.
	Forget()
}

// Fault is one thing that can be made to go wrong.
type Fault struct {
	ID    string `json:"id"`
	Label string `json:"label"` // on its button: "Consent missing"
	Help  string `json:"help"`  // what happens then, in a sentence
	// Group is the heading under which it stands, "" for none; those of a group follow each other.
	Group  string `json:"group,omitempty"`
	Toggle bool   `json:"toggle,omitempty"` // it stays until it is triggered again
	On     bool   `json:"on,omitempty"`     // a toggle's state
	// Waiting is how often it is still to happen, of one that happens at a call to come.
	Waiting int `json:"waiting,omitempty"`
}

// ErrNoFault says that there is no fault of an ID.
var ErrNoFault = errors.New("inspector: there is no such fault")

//go:embed web
var web embed.FS

// New makes the inspector's handler, for its root. What it sends to a page ends with the page, or with the server's Close:
// a server's Shutdown would wait for it.
func New(cfg Config) (http.Handler, error) {
	for name, origin := range map[string]string{"Origin": cfg.Origin, "Embedder": cfg.Embedder} {
		if u, err := url.Parse(origin); name == "Embedder" && origin == "" {
			continue
		} else if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return nil, fmt.Errorf("inspector: %s is %q; an origin such as http://localhost:60101 is right", name, origin)
		}
	}
	if cfg.Recorder == nil {
		return nil, errors.New("inspector: Recorder is required")
	}
	files, err := fs.Sub(web, "web")
	if err != nil {
		return nil, fmt.Errorf("inspector: its own files: %w", err)
	}
	if cfg.Faults == nil {
		cfg.Faults = noFaults{}
	}
	i := &inspector{Config: cfg, run: rand.Text()}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /about.json", i.about)
	mux.HandleFunc("GET /events", i.events)
	mux.HandleFunc("GET /faults", i.listFaults)
	mux.HandleFunc("POST /faults/{id}", i.own(i.trigger))
	mux.HandleFunc("POST /forget", i.own(i.forget))
	mux.HandleFunc("POST /clear", i.own(i.clear))
	mux.HandleFunc("POST /export/{format}", i.own(i.export))
	return i.guard(mux), nil
}

type inspector struct {
	Config
	run string // tells this program's hops from those of one before it
}

// guard lets in who asks for the inspector by its own name, so that no page of another site reaches it by a name of its
// own that leads here, and has the browser load nothing but the inspector's files.
func (i *inspector) guard(next http.Handler) http.Handler {
	ancestors := "'none'"
	if i.Embedder != "" {
		ancestors = i.Embedder
	}
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors " +
		ancestors + "; base-uri 'none'; form-action 'none'"
	_, host, _ := strings.Cut(i.Origin, "://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if r.Host != host {
			http.Error(w, "This is the inspector of a local workload. Open it at "+i.Origin+".", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// own serves the inspector's page alone: a browser says which origin asks, and another one's pages cannot say that they
// are it.
func (i *inspector) own(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != i.Origin {
			http.Error(w, "The inspector's own page may ask for this, and nobody else.", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

// about tells the page what does not change.
func (i *inspector) about(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{"workload": i.Workload, "names": i.Names})
}

func (i *inspector) listFaults(w http.ResponseWriter, _ *http.Request) { writeJSON(w, i.Faults.List()) }

func (i *inspector) trigger(w http.ResponseWriter, r *http.Request) {
	err := i.Faults.Trigger(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNoFault):
		http.Error(w, "There is no such fault.", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		i.listFaults(w, r)
	}
}

func (i *inspector) forget(w http.ResponseWriter, r *http.Request) {
	i.Faults.Forget()
	i.listFaults(w, r)
}

func (i *inspector) clear(w http.ResponseWriter, _ *http.Request) {
	i.Recorder.Clear()
	w.WriteHeader(http.StatusNoContent)
}

type noFaults struct{}

func (noFaults) List() []Fault                         { return []Fault{} }
func (noFaults) Trigger(context.Context, string) error { return ErrNoFault }
func (noFaults) Forget()                               {}
