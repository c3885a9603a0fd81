package flowtest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// place is what a flow is about: it is there before the fault is.
type place struct{ item, run string }

// prepare makes what the flow needs, on behalf of somebody of the user's tenant.
func (r *runner) prepare(ctx context.Context, f flow, user string) (place, error) {
	at := place{item: fabrictest.NewID()}
	if !f.needsItem() {
		return at, nil
	}
	maker := r.person(willing)
	if user == foreign {
		maker = r.person(foreign)
	}
	id, made := maker.Create(ctx, f.item.TypeName, r.Inputs.item(f).Create.change("Item of "+f.name))
	if !made.OK() {
		return at, errors.New("an item had to be created first" + flow{op: createItem, item: f.item}.gave(made))
	}
	at.item = id
	r.Cloud.Fabric.PutFile(local.WorkspaceID+"/"+id+"/Files/data.json", []byte("{}"))
	if f.data() {
		r.Cloud.Fabric.Grant(id, f.route.Permissions...)
	}
	if f.op != cancelJob {
		return at, nil
	}
	var started play.Result
	if at.run, started = r.start(ctx, maker, f, at); !started.OK() {
		return at, errors.New("a job had to be started first" + flow{op: runJob, item: f.item, job: f.job}.gave(started))
	}
	return at, nil
}

// start starts a flow's job.
func (r *runner) start(ctx context.Context, p *play.Person, f flow, at place) (run string, started play.Result) {
	return p.Run(ctx, at.item, f.job.TypeName, json.RawMessage(r.Inputs.job(f).Payload))
}

// person opens the front-end for a user who has created an item before.
func (r *runner) person(user string) *play.Person {
	p := r.player.Person(user)
	p.AskedAtCreate = true
	return p
}

// found is what came of a flow.
type found struct {
	play.Result
	job *play.Job // how a run ended
}

// do does the flow as a person does, through front-end and portal.
func (r *runner) do(ctx context.Context, f flow, user string, at place) found {
	p := r.person(user)
	switch f.op {
	case callRoute:
		return found{Result: p.Call(ctx, r.Inputs.request(f, at.item))}
	case createItem:
		_, result := p.Create(ctx, f.item.TypeName, r.Inputs.item(f).Create.change("Another name"))
		return found{Result: result}
	case readItem:
		_, result := p.Read(ctx, at.item)
		return found{Result: result}
	case updateItem:
		return found{Result: p.Update(ctx, at.item, r.Inputs.item(f).Update.change("Another name"))}
	case deleteItem:
		return found{Result: p.Delete(ctx, at.item)}
	case cancelJob:
		return found{Result: p.Cancel(ctx, at.item, at.run)}
	case runJob:
		return r.doJob(ctx, p, f, at)
	}
	return r.raw(ctx, f, user, at, sound) // nobody but Fabric resolves endpoints
}

// jobTime is how long a job is watched. One that takes longer is no failure, and is cancelled.
const jobTime = 10 * time.Second

// doJob starts a job and watches it.
func (r *runner) doJob(ctx context.Context, p *play.Person, f flow, at place) found {
	run, result := r.start(ctx, p, f, at)
	if !result.OK() {
		return found{Result: result}
	}
	watching, cancel := context.WithTimeout(ctx, jobTime)
	defer cancel()
	job, watched := p.Watch(watching, at.item, run)
	if job.Status != "" && !job.Ended() && ctx.Err() == nil {
		watched = p.Cancel(ctx, at.item, run)
	}
	return found{Result: watched, job: &job}
}

// raw makes the flow's first call with what a damage makes of its tokens and headers, and looks at the answer alone.
func (r *runner) raw(ctx context.Context, f flow, user string, at place, d damage) found {
	header, err := d(r, f, user)
	if err != nil {
		return found{Result: play.Result{Outcome: play.NoAnswer, Detail: err.Error(), Err: err}}
	}
	if f.data() {
		return found{Result: r.player.Raw(ctx, r.Inputs.request(f, at.item), header)}
	}
	client := r.Cloud.Control(user)
	client.HTTP = &http.Client{Transport: replacing{client.HTTP.Transport, header}}
	return found{Result: resultOf(r.fabricCall(ctx, client, f, at))}
}

// fabricCall is the flow's call of Fabric.
func (r *runner) fabricCall(ctx context.Context, c *fabrictest.Client, f flow, at place) (*fabrictest.Response, error) {
	if f.op == resolveEndpoint {
		return c.Resolve(ctx, r.Inputs.resolve())
	}
	item := fabrictest.Item{WorkspaceID: local.WorkspaceID, Type: f.item.TypeName, ID: at.item}
	switch f.op {
	case createItem:
		return c.Create(ctx, item, r.Inputs.item(f).Create.body("creationPayload"))
	case readItem:
		return c.Payload(ctx, item)
	case updateItem:
		return c.Update(ctx, item, r.Inputs.item(f).Update.body("updatePayload"))
	case deleteItem:
		return c.Delete(ctx, item)
	}
	job := fabrictest.Job{Item: item, Type: f.job.TypeName, ID: at.run}
	if f.op == cancelJob {
		return c.CancelJob(ctx, job)
	}
	job.ID = fabrictest.NewID()
	body := map[string]any{"invokeType": "Manual"}
	if payload := r.Inputs.job(f).Payload; payload != nil {
		body["creationPayload"] = json.RawMessage(payload)
	}
	return c.StartJob(ctx, job, body)
}

// replacing sends requests with these headers in place of those of the same name. A name with no value is left out.
type replacing struct {
	next   http.RoundTripper
	header http.Header
}

// RoundTrip implements http.RoundTripper.
func (t replacing) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	for name, values := range t.header {
		delete(req.Header, http.CanonicalHeaderKey(name))
		if len(values) > 0 {
			req.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	return next.RoundTrip(req)
}

// resultOf puts an answer to Fabric into the words of a person's.
func resultOf(resp *fabrictest.Response, err error) play.Result {
	if err != nil {
		return play.Result{Outcome: play.NoAnswer, Detail: err.Error(), Err: err}
	}
	r := play.Result{Status: resp.Status, Header: resp.Header, RequestID: resp.Header.Get("RequestId"), Outcome: play.OK}
	if resp.Status < http.StatusMultipleChoices {
		return r
	}
	r.Outcome = play.Rejected
	var body apierror.Response
	if json.Unmarshal(resp.Body, &body) == nil {
		r.Code, r.Detail = body.ErrorCode, body.Message
	}
	return r
}
