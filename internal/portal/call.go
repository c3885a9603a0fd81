package portal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
)

// call is what the page passes on: a call of the front-end, in the names that it has on the wire.
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

// serveCall serves the page alone: a browser says which origin asks, and another one's pages cannot say that they are it.
func (p *portal) serveCall(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") != p.Origin {
		http.Error(w, "The portal's own page may call this, and nobody else.", http.StatusForbidden)
		return
	}
	var c call
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCall)).Decode(&c); err != nil {
		http.Error(w, "The call cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, p.answer(r.Context(), c))
}

func (p *portal) answer(ctx context.Context, c call) answer {
	run, ok := p.operations[c.Name]
	if !ok || !slices.ContainsFunc(p.Workload.Users, func(u User) bool { return u.ID == c.User }) {
		return answer{Reject: rejectf(http.StatusNotImplemented, "NotSupported",
			"the local portal does not support %s", c.Name).fields()}
	}
	got, err := run(ctx, c.User, c.Fields)
	if err == nil {
		return got
	}
	var r *rejection
	if !errors.As(err, &r) {
		r = rejectf(http.StatusBadGateway, "WorkloadUnreachable", "%v", err)
	}
	return answer{Reject: r.fields()}
}
