package dev

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/inspector"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// retries is how often Fabric calls the back-end again where it may.
const retries = 3

// mostHops is how many calls the inspector shows.
const mostHops = 5000

// session is what fabgen itself serves, around the workload's processes.
type session struct {
	Addresses
	cloud    *local.Cloud
	recorder *hops.Recorder
	proxy    *hops.Proxy
	ports    supervisor.Ports
	stops    []func() error // in the order in which they came
	backend  int            // the port of the back-end itself, behind the proxy
	notes    []string
}

// newSession takes the ports and starts the cloud, the proxy, the portal and the inspector. Close it at the end.
func newSession(o Options) (*session, error) {
	s := &session{recorder: hops.NewRecorder(mostHops)}
	if err := s.start(o); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) start(o Options) error {
	backend, err := s.listen("back-end", portOf(o.Cloud.Env.BackendURL, 5000))
	if err != nil {
		return err
	}
	inspect, err := s.listen("inspector", inspectorPort)
	if err != nil {
		return err
	}
	var page net.Listener
	if o.Frontend {
		if page, err = s.listen("portal", portalPort); err != nil {
			return err
		}
		s.Portal = origin(page)
		port, note, err := s.ports.Free("front-end", portOf(o.Cloud.Env.FrontendURL, 60006))
		if err != nil {
			return err
		}
		s.note(note)
		s.Frontend = "http://localhost:" + strconv.Itoa(port)
	}
	pages, note, err := s.ports.Free("Entra's pages", pagesPort)
	if err != nil {
		return err
	}
	s.note(note)
	var free string
	if s.backend, free, err = s.ports.Free("back-end", 0); err != nil {
		return err
	}
	s.note(free)
	s.Backend, s.Inspector = "http://"+backend.Addr().String(), origin(inspect)
	if err := s.startCloud(o, pages); err != nil {
		return err
	}
	s.proxy = hops.NewProxy(hops.ProxyOptions{Recorder: s.recorder, BasePath: s.cloud.BasePath(), Origins: []string{s.Frontend}})
	s.serve(backend, s.proxy)
	panel, err := inspector.New(inspector.Config{Origin: s.Inspector, Recorder: s.recorder, Faults: newFaults(s.cloud),
		Workload: o.Cloud.Model.Workload.DisplayName, Version: generator.Version, Names: s.names(o.Cloud)})
	if err != nil {
		return err
	}
	s.serve(inspect, panel)
	if !o.Frontend {
		return nil
	}
	config := s.cloud.Portal(locales(o.Dir))
	config.InspectorURL = s.Inspector
	config.OnCall = func(e portal.CallEvent) { s.recorder.Record(hops.FromPortal(e)) }
	handler, err := portal.New(config)
	if err != nil {
		return err
	}
	s.serve(page, handler)
	return nil
}

func (s *session) startCloud(o Options, pages int) error {
	cloud := o.Cloud
	cloud.Backend, cloud.Frontend, cloud.Portal = s.Backend, s.Frontend, s.Portal
	if !o.Frontend { // the pages' redirects lead to where nobody is, which nobody follows
		cloud.Frontend, cloud.Portal = cloud.Env.FrontendURL, "http://localhost:"+strconv.Itoa(portalPort)
	}
	cloud.PagesAddr = net.JoinHostPort("127.0.0.1", strconv.Itoa(pages))
	cloud.Unattended = o.Headless
	if o.Play == nil {
		cloud.Roles, cloud.Keep, cloud.Retries = true, true, retries
	}
	names := resourceNames(cloud.Model)
	cloud.OnEvent = func(e localentra.Event) { s.recorder.Record(hops.FromEvent(e)) }
	cloud.OnCall = func(c fabrictest.Call) { s.recorder.Record(hops.FromCall(c, names)) }
	var err error
	if s.cloud, err = local.Start(cloud); err != nil {
		return err
	}
	s.Entra, s.CAFile = s.cloud.Entra.URL, s.cloud.Entra.CAFile
	return nil
}

func (s *session) listen(name string, port int) (net.Listener, error) {
	l, note, err := s.ports.Listen(name, port)
	s.note(note)
	if err == nil {
		s.stops = append(s.stops, l.Close)
	}
	return l, err
}

func (s *session) note(text string) {
	if text != "" {
		s.notes = append(s.notes, text)
	}
}

// serve begins to answer at a listener.
func (s *session) serve(l net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	s.stops = append(s.stops, server.Close)
	go func() { _ = server.Serve(l) }() // ends with close
}

// close stops everything. What the portal and the inspector have open, such as streams of events, is cut off.
func (s *session) close() {
	for _, stop := range slices.Backward(s.stops) {
		_ = stop() // its listener is gone, whatever it says
	}
	if s.proxy != nil {
		s.proxy.Close()
	}
	if s.cloud != nil {
		s.cloud.Close()
	}
}

// backendURL is where the back-end itself is.
func (s *session) backendURL() *url.URL {
	return &url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.backend))}
}

// origin is a listener's address as a browser names it.
func origin(l net.Listener) string {
	return "http://localhost:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// resourceNames are what the configuration calls the workload's own resources, by their URIs.
func resourceNames(m *model.Model) map[string]string {
	names := map[string]string{}
	for _, r := range m.OwnResources() {
		names[r.URI] = r.Name
	}
	return names
}

// names are what people call the IDs and URIs of the workload's tokens.
func (s *session) names(o local.Options) map[string]string {
	names := resourceNames(o.Model)
	names[o.Env.ClientID], names[o.Env.Audience] = "this workload", "this workload"
	for _, p := range s.cloud.Entra.People() {
		names[p.ID], names[p.TenantID] = p.Name, p.Tenant
	}
	return names
}

// locales are those that the front-end has texts for: en-US, in which texts are written, first.
func locales(dir string) []string {
	out := []string{"en-US"}
	files, _ := filepath.Glob(filepath.Join(dir, "frontend", "src", "locales", "*"))
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
