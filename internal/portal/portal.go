// Package portal is a local stand-in for the Fabric portal: a page that shows a workload's unmodified front-end in
// frames and speaks the message protocol of @ms-fabric/workload-client, over a local Fabric that calls the workload's
// back-end as Fabric does.
//
// It emulates the protocol and not Fabric's policy. The page's script is transport and frames; where items, jobs and
// tokens are concerned it asks this package, one POST a call. What the page does not know is refused in words, since the
// client waits for an answer without end.
package portal

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
)

// Config is what a portal shows. All of it but InspectorURL and OnCall is required.
type Config struct {
	// Origin is where the portal itself is, such as http://localhost:60100. The front-end talks to this origin alone.
	Origin string
	// Frontend is the front-end's origin, such as http://localhost:60006.
	Frontend string
	Workload Workload
	Fabric   *Fabric // the items and jobs
	Entra    Entra   // the tokens
	// InspectorURL is where a page shows what goes on. "" leaves out the link to it.
	InspectorURL string
	// Instead is where addresses lead here, by what they begin with: that of Microsoft Entra to the local one's pages.
	Instead map[string]string
	// OnCall is told of each call of the front-end that is more than the page's own to answer. It must not block, and is
	// called from several goroutines.
	OnCall func(CallEvent)
}

// Workload is what the portal says of a workload.
type Workload struct {
	Name        string     `json:"name"` // Org.ContosoForecast
	DisplayName string     `json:"displayName"`
	Locales     []string   `json:"locales"` // en-US first
	Items       []ItemType `json:"items"`
	Users       []User     `json:"users"`
}

// ItemType is one type of item that a person may create.
type ItemType struct {
	Type         string    `json:"type"` // full name: <workload>.<Item>
	DisplayName  string    `json:"displayName"`
	EditorPath   string    `json:"editorPath"`   // /items/forecast; the item's ID follows
	CreateAction string    `json:"createAction"` // of the front-end's worker
	Jobs         []JobType `json:"jobs"`         // none: nothing to run
}

// JobType is one kind of job of an item.
type JobType struct {
	Type        string `json:"type"` // full name: <workload>.<Item>.<Job>
	DisplayName string `json:"displayName"`
}

// User is a person who may be signed in.
type User struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Tenant string `json:"tenant"` // its name; may be empty
	About  string `json:"about"`  // what is special about them, in one line; may be empty
}

//go:embed web
var web embed.FS

// maxCall bounds what the page sends, in bytes.
const maxCall = 2 << 20

// New makes the portal's handler, for its root.
func New(cfg Config) (http.Handler, error) {
	for name, origin := range map[string]string{"Origin": cfg.Origin, "Frontend": cfg.Frontend} {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return nil, fmt.Errorf("portal: %s is %q; an origin such as http://localhost:60100 is right", name, origin)
		}
	}
	if cfg.Fabric == nil || cfg.Entra == nil || len(cfg.Workload.Users) == 0 {
		return nil, errors.New("portal: Fabric, Entra and at least one of Workload.Users are required")
	}
	if err := cfg.Fabric.load(); err != nil {
		return nil, err
	}
	files, err := fs.Sub(web, "web")
	if err != nil {
		return nil, fmt.Errorf("portal: its own files: %w", err)
	}
	p := &portal{Config: cfg}
	p.operations = map[string]operation{
		"acquireAADToken":       p.acquireToken,
		"createArtifact":        resolving(p.Fabric.create),
		"getArtifact":           resolving(p.Fabric.get),
		"updateArtifact":        resolving(p.Fabric.update),
		"deleteArtifact":        resolving(p.Fabric.drop),
		"runArtifactJob":        resolving(p.Fabric.run),
		"getArtifactJobHistory": resolving(p.Fabric.history),
		"cancelArtifactJob":     resolving(p.Fabric.cancel),
	}
	p.pageOperations = map[string]operation{
		windowOutcome:          p.windowOutcome,
		"state":                resolving(p.Fabric.state),
		"deleteArtifact":       resolving(p.Fabric.drop),
		"deleteAsFabric":       resolving(p.Fabric.dropAsFabric),
		"runArtifactJob":       resolving(p.Fabric.run),
		"cancelArtifactJob":    resolving(p.Fabric.cancel),
		"scheduleArtifactJob":  resolving(p.Fabric.addSchedule),
		"dropArtifactSchedule": resolving(p.Fabric.dropSchedule),
		"runArtifactSchedule":  resolving(p.Fabric.runSchedule),
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /workload.json", p.describe)
	mux.HandleFunc("POST /call", p.serveCall)
	mux.HandleFunc("POST /page", p.servePage)
	return p.guard(mux), nil
}

// windowOutcome is the page's call for the end of a window.
const windowOutcome = "windowOutcome"

type portal struct {
	Config
	// By the names of calls: those of the front-end, and the page's own.
	operations, pageOperations map[string]operation
}

// guard lets in who asks for the portal by its own name, so that no page of another site reaches it by a name of its
// own that leads here, and has the browser load nothing but the portal's files and the front-end's frames.
func (p *portal) guard(next http.Handler) http.Handler {
	policy := "default-src 'self'; img-src 'self' data:; frame-src " + p.Frontend + "; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	host := strings.TrimPrefix(strings.TrimPrefix(p.Origin, "http://"), "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if r.Host != host {
			http.Error(w, "This is the local portal of a workload. Open it at "+p.Origin+
				": the front-end compares origins letter by letter.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// describe tells the page what it shows.
func (p *portal) describe(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{
		"origin": p.Origin, "frontend": p.Frontend, "workload": p.Workload, "workspaceId": p.Fabric.WorkspaceID,
		"inspector": p.InspectorURL, "instead": p.Instead,
	})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(value) // a connection that is gone has nobody to tell
}
