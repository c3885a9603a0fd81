package portal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// CallEvent is a call of the front-end and what became of it.
type CallEvent struct {
	Time     time.Time // when it came
	Duration time.Duration
	Name     string // on the wire, such as createArtifact
	User     string // who is signed in
	// Rejected is the code with which it was rejected; with "error " before it, the number of a token's failure. "" says
	// that it was resolved, or, with Window, that a person is asked first: then the same call ends in another event.
	Rejected string
	Window   bool
}

// call is what the page passes on: a call of the front-end, in the names that it has on the wire, or one of its own.
type call struct {
	Name   string          `json:"name"`
	User   string          `json:"user"` // who is signed in
	Fields json.RawMessage `json:"fields"`
}

// answer is what becomes of a call. One member is set.
type answer struct {
	Resolve any `json:"resolve,omitempty"` // the fields of "[Resolve] …"
	Reject  any `json:"reject,omitempty"`  // the fields of "[Reject] …"
	// Window has the page open a window for the person, wait for its end, and make the call again with its state.
	Window *window `json:"window,omitempty"`

	rejected string // see CallEvent
}

type window struct {
	URL   string `json:"url"`
	State string `json:"state"`
}

// operation answers one kind of call. An error of it is a *rejection, or one that the front-end sees as Fabric's failure.
type operation func(ctx context.Context, user string, fields json.RawMessage) (answer, error)

// resolving makes an operation of a function whose result are the fields of the answer.
func resolving[Fields any](f func(context.Context, string, Fields) (any, error)) operation {
	return func(ctx context.Context, user string, raw json.RawMessage) (answer, error) {
		var fields Fields
		if err := json.Unmarshal(raw, &fields); err != nil {
			return answer{}, rejectf(http.StatusBadRequest, "InvalidRequest", "the call's fields cannot be read: %v", err)
		}
		result, err := f(ctx, user, fields)
		return answer{Resolve: result}, err
	}
}

// serveCall answers the front-end's calls, which the page passes on.
func (p *portal) serveCall(w http.ResponseWriter, r *http.Request) {
	c, ok := p.readCall(w, r)
	if !ok {
		return
	}
	start := time.Now()
	got := p.answer(r.Context(), p.operations, c)
	writeJSON(w, got)
	p.observe(c.Name, c.User, start, got)
}

// servePage answers the page's own calls.
func (p *portal) servePage(w http.ResponseWriter, r *http.Request) {
	c, ok := p.readCall(w, r)
	if !ok {
		return
	}
	start := time.Now()
	got := p.answer(r.Context(), p.pageOperations, c)
	writeJSON(w, got)
	if c.Name == windowOutcome && (got.Resolve != nil || got.Reject != nil) {
		p.observe("acquireAADToken", c.User, start, got)
	}
}

func (p *portal) observe(name, user string, start time.Time, got answer) {
	if p.OnCall != nil {
		p.OnCall(CallEvent{Time: start, Duration: time.Since(start), Name: name, User: user, Rejected: got.rejected, Window: got.Window != nil})
	}
}

// readCall reads a call of the page, and of nobody else: a browser says which origin asks, and another one's pages cannot
// say that they are it. Where it is none, it has answered.
func (p *portal) readCall(w http.ResponseWriter, r *http.Request) (call, bool) {
	if r.Header.Get("Origin") != p.Origin {
		http.Error(w, "The portal's own page may call this, and nobody else.", http.StatusForbidden)
		return call{}, false
	}
	var c call
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCall)).Decode(&c); err != nil {
		http.Error(w, "The call cannot be read: "+err.Error(), http.StatusBadRequest)
		return call{}, false
	}
	return c, true
}

func (p *portal) answer(ctx context.Context, operations map[string]operation, c call) answer {
	run, ok := operations[c.Name]
	switch {
	case !slices.ContainsFunc(p.Workload.Users, func(u User) bool { return u.ID == c.User }):
		return rejected(rejectf(http.StatusForbidden, "UserUnknown", "nobody of that ID may be signed in"))
	case !ok:
		return rejected(rejectf(http.StatusNotImplemented, "NotSupported", "%s is not supported by the local portal", c.Name))
	}
	got, err := run(ctx, c.User, c.Fields)
	if err == nil {
		return got
	}
	var r *rejection
	if !errors.As(err, &r) {
		r = rejectf(http.StatusBadGateway, "WorkloadUnreachable", "%v", err)
	}
	return rejected(r)
}

func rejected(r *rejection) answer {
	if r.auth != nil {
		return answer{Reject: r.fields(), rejected: "error " + strconv.Itoa(int(*r.auth))}
	}
	code, _ := codeAndMessage([]byte(r.details))
	return answer{Reject: r.fields(), rejected: cmp.Or(code, r.code)}
}
