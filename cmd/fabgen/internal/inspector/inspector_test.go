package inspector_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/inspector"
)

const origin = "http://localhost:60101"

func newHandler(t *testing.T, change ...func(*inspector.Config)) (http.Handler, *hops.Recorder) {
	t.Helper()
	config := inspector.Config{Origin: origin, Recorder: hops.NewRecorder(100), Faults: newFaults(), Workload: "W", Version: "v1"}
	for _, c := range change {
		c(&config)
	}
	handler, err := inspector.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return handler, config.Recorder
}

func serve(t *testing.T, h http.Handler, method, path, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, origin+path, strings.NewReader(body))
	r.Header.Set("Origin", origin)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPage(t *testing.T) {
	h, _ := newHandler(t)
	for path, want := range map[string]string{"/": "inspector.js", "/inspector.js": "EventSource", "/inspector.css": "--accent",
		"/about.json": `"workload":"W"`, "/faults": `"id":"consent"`} {
		w := serve(t, h, "GET", path, "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d without %s", path, w.Code, want)
		}
		for name, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
			if got := w.Header().Get(name); !strings.Contains(got, want) || strings.Contains(got, "unsafe") {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
	h, _ = newHandler(t, func(c *inspector.Config) { c.Embedder, c.Faults = "http://localhost:60100", nil })
	if got := serve(t, h, "GET", "/", "").Header().Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors http://localhost:60100;") {
		t.Errorf("%q", got)
	}
	if got := serve(t, h, "GET", "/faults", "").Body.String(); got != "[]\n" {
		t.Errorf("%q", got)
	}
}

// Nobody but the inspector's own page, under its own name, sees or does anything.
func TestOnlyThePageAsks(t *testing.T) {
	changes := map[string]struct {
		change func(*http.Request)
		get    int
		post   int
	}{
		"the page":           {func(*http.Request) {}, 200, 200},
		"another origin":     {func(r *http.Request) { r.Header.Set("Origin", "http://localhost:60006") }, 200, 403},
		"no origin":          {func(r *http.Request) { r.Header.Del("Origin") }, 200, 403},
		"another name":       {func(r *http.Request) { r.Host = "evil.test:60101" }, 421, 421},
		"the address for it": {func(r *http.Request) { r.Host = "127.0.0.1:60101" }, 421, 421},
		"another port":       {func(r *http.Request) { r.Host = "localhost" }, 421, 421},
	}
	for name, c := range changes {
		h, recorder := newHandler(t)
		recorder.Record(story(time.Now())[0])
		for _, path := range []string{"/", "/about.json", "/faults"} {
			if w := serve(t, h, "GET", path, "", c.change); w.Code != c.get || w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s: GET %s is %d, want %d", name, path, w.Code, c.get)
			}
		}
		for _, path := range []string{"/faults/keys", "/forget", "/export/json", "/clear"} {
			w := serve(t, h, "POST", path, "{}", c.change)
			if w.Code != c.post && (path != "/clear" || c.post != 200 || w.Code != 204) {
				t.Errorf("%s: POST %s is %d, want %d", name, path, w.Code, c.post)
			}
		}
		if held := len(recorder.All()); (held == 0) != (c.post == 200) {
			t.Errorf("%s: %d are held", name, held)
		}
	}
}

func TestRequestsThatAreWrong(t *testing.T) {
	h, _ := newHandler(t)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/faults/nothing", "{}", 404}, {"POST", "/faults/broken", "{}", 500}, {"GET", "/nothing", "", 404},
		{"GET", "/clear", "", 404}, {"DELETE", "/faults/keys", "", 405}, {"POST", "/export/pdf", "{}", 404},
		{"POST", "/export/json", "{", 400}, {"POST", "/export/json", `{"ids":[` + strings.Repeat("1,", 1<<20) + `1]}`, 400},
		{"GET", "/export/json", "", 404},
	} {
		if w := serve(t, h, c.method, c.path, c.body); w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.status)
		}
	}
}

func TestFaultsAreTriggered(t *testing.T) {
	h, _ := newHandler(t)
	for _, on := range []bool{true, false} {
		w := serve(t, h, "POST", "/faults/fabric", "{}")
		var list []inspector.Fault
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != 200 || len(list) != 8 || list[6].On != on {
			t.Errorf("%d %v %s", w.Code, err, w.Body)
		}
	}
}

// What is still to happen is counted, and can be taken back.
func TestFaultsThatWait(t *testing.T) {
	h, _ := newHandler(t)
	for _, c := range []struct {
		path string
		want int
	}{{"/faults/consent", 1}, {"/faults/consent", 2}, {"/faults/claims", 2}, {"/forget", 0}} {
		w := serve(t, h, "POST", c.path, "{}")
		var list []inspector.Fault
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != 200 || list[0].Waiting != c.want {
			t.Errorf("%s: %d %v %s", c.path, w.Code, err, w.Body)
		}
	}
	h, _ = newHandler(t, func(c *inspector.Config) { c.Faults = nil })
	if w := serve(t, h, "POST", "/forget", "{}"); w.Code != 200 || w.Body.String() != "[]\n" {
		t.Errorf("without faults: %d %s", w.Code, w.Body)
	}
}

func TestExports(t *testing.T) {
	h, recorder := newHandler(t)
	for _, hop := range story(time.Now()) {
		recorder.Record(hop)
	}
	for _, c := range []struct {
		format, body string
		want         []string
		without      string
	}{
		{"json", `{}`, []string{`"version": "v1"`, `"_id": 23`}, "eyJ"},
		{"json", `{"tokens":true}`, []string{`"raw": "eyJ`, "hanna@contoso.example"}, "\x00"},
		{"json", `{"ids":[3]}`, []string{`"_id": 3,`}, `"_id": 4`},
		{"json", `{"ids":[]}`, []string{`"entries": []`}, "_id"},
		{"mermaid", `{"tokens":true}`, []string{"sequenceDiagram\n", "AADSTS65001"}, "eyJ"},
		{"text", `{"tokens":true}`, []string{"frontend -> backend: GET /api/forecasts/2026-q1 = 200\n"}, "eyJ"},
	} {
		w := serve(t, h, "POST", "/export/"+c.format, c.body)
		for _, want := range c.want {
			if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s %s: %d without %s", c.format, c.body, w.Code, want)
			}
		}
		if strings.Contains(w.Body.String(), c.without) {
			t.Errorf("%s %s: with %s", c.format, c.body, c.without)
		}
	}
}

// stream is a page that hears what happens.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	end   func()
}

func listen(t *testing.T, server *httptest.Server, last string) *stream {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "localhost:60101"
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream" || resp.StatusCode != 200 {
		t.Fatalf("%d %s", resp.StatusCode, ct)
	}
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return &stream{t, lines, func() { resp.Body.Close() }}
}

type heard struct {
	ID     string
	Text   string
	Anew   bool
	Oldest int
	Hops   []struct {
		ID       int
		At       int64
		Decision string
	}
}

func (s *stream) next() heard {
	s.t.Helper()
	var out heard
	for s.lines.Scan() {
		line := s.lines.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			out.ID = id
		} else if data, ok := strings.CutPrefix(line, "data: "); ok {
			out.Text = data
			if err := json.Unmarshal([]byte(data), &out); err != nil {
				s.t.Fatal(err)
			}
		} else if line == "" {
			return out
		}
	}
	s.t.Fatal("the stream ended: ", s.lines.Err())
	return out
}

func TestEvents(t *testing.T) {
	h, recorder := newHandler(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	all := story(time.Now())
	recorder.Record(all[2])
	s := listen(t, server, "")
	first := s.next()
	if !first.Anew || len(first.Hops) != 1 || first.Hops[0].At != all[2].Time.UnixMicro() || first.Oldest != 1 {
		t.Errorf("%+v", first)
	}
	if strings.Contains(first.Text, "eyJ") {
		t.Error("a token goes to the page")
	}
	id := recorder.Record(hops.Hop{Decision: hops.Pending})
	if got := s.next(); got.Anew || len(got.Hops) != 1 || got.Hops[0].ID != id || got.Hops[0].Decision != "pending" {
		t.Errorf("%+v", got)
	}
	s.end()
	recorder.Record(hops.Hop{ID: id, Decision: hops.Accepted})
	recorder.Record(hops.Hop{})
	s = listen(t, server, first.ID) // it comes back, and knows the first alone
	if got := s.next(); got.Anew || len(got.Hops) != 2 || got.Hops[0].Decision != "accepted" {
		t.Errorf("%+v", got)
	}
	recorder.Clear()
	if got := s.next(); len(got.Hops) != 0 || got.Oldest != 4 {
		t.Errorf("cleared: %+v", got)
	}
	recorder.Record(hops.Hop{})
	for _, last := range []string{"other." + strings.TrimPrefix(first.ID, "x"), "other.1", "nonsense", ".", first.ID + "x", strings.Split(first.ID, ".")[0] + ".-1"} {
		if got := listen(t, server, last).next(); !got.Anew || len(got.Hops) != 1 {
			t.Errorf("after %q: %+v", last, got)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	recorder := hops.NewRecorder(1)
	for _, c := range []inspector.Config{{}, {Recorder: recorder}, {Recorder: recorder, Origin: "localhost:60101"}, {Origin: origin},
		{Recorder: recorder, Origin: origin + "/"}, {Recorder: recorder, Origin: origin, Embedder: "*"}} {
		if _, err := inspector.New(c); err == nil {
			t.Errorf("%+v makes an inspector", c)
		}
	}
}

// The page may be served below a path, with the portal.
func TestBelowAPath(t *testing.T) {
	h, _ := newHandler(t)
	server := httptest.NewServer(http.StripPrefix("/inspector", h))
	t.Cleanup(server.Close)
	req, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/inspector/about.json", nil)
	req.Host = "localhost:60101"
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if data, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 || !strings.Contains(string(data), `"W"`) {
		t.Errorf("%d %s", resp.StatusCode, data)
	}
}
