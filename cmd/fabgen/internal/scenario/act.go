package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// act has somebody do something.
func (s *show) act(ctx context.Context, p *play.Person, step *Step, done *StepResult) {
	switch {
	case step.Call != nil:
		s.call(ctx, p, step.Call, done)
	case step.Create != nil:
		s.create(ctx, p, step.Create, done)
	case step.Read != nil:
		done.Step = fmt.Sprintf("%s reads %s", s.who, step.Read.Of)
		var found play.Item
		found, done.Result = p.Read(ctx, s.items[step.Read.Of].id)
		done.Body = []byte(found.WorkloadPayload)
	case step.Update != nil:
		done.Step = fmt.Sprintf("%s updates %s", s.who, step.Update.Of)
		done.Result = p.Update(ctx, s.items[step.Update.Of].id, play.Changes{DisplayName: step.Update.Name,
			Description: step.Update.Description, Payload: json.RawMessage(step.Update.Payload)})
		done.Body = nil
	case step.Delete != nil:
		s.delete(ctx, p, step.Delete, done)
	case step.Resolve != nil:
		done.Step = "Fabric resolves an endpoint"
		resp, err := s.Cloud.Control("").Resolve(ctx, step.Resolve)
		done.Result = answered(resp, err)
	case step.Schedule != nil, step.Due != nil, step.Unschedule != nil:
		s.schedule(ctx, p, step, done)
	default:
		s.job(ctx, p, step, done)
	}
}

func (s *show) call(ctx context.Context, p *play.Person, call *Call, done *StepResult) {
	route := routeOf(s.Model, call.Route)
	done.Step = fmt.Sprintf("%s calls %s", s.who, call.Route)
	values := map[string]string{"workspaceId": local.WorkspaceID}
	if call.Of != "" {
		done.Step += " of " + call.Of
		values["itemId"] = s.items[call.Of].id
	}
	maps.Copy(values, call.Params)
	done.Result = p.Call(ctx, play.RequestOf(route, values, call.Body))
}

func (s *show) create(ctx context.Context, p *play.Person, c *Create, done *StepResult) {
	done.Step = fmt.Sprintf("%s creates the %s %q", s.who, c.Item, c.Name)
	if c.As != "" {
		done.Step += " as " + c.As
	}
	changes := play.Changes{DisplayName: &c.Name, Payload: json.RawMessage(c.Payload)}
	if c.Description != "" {
		changes.Description = &c.Description
	}
	made := &item{typeName: typeName(s.Model, c.Item), by: s.who}
	made.id, done.Result = p.Create(ctx, made.typeName, changes)
	done.Body = nil
	if made.id == "" {
		made.id = fabrictest.NewID() // later steps find out that it is not there
		made.gone = true
	}
	s.made = append(s.made, made)
	if c.As != "" {
		s.items[c.As] = made
		s.names.name(made.id, c.As)
	}
}

func typeName(m *model.Model, item string) string {
	for _, i := range m.Items {
		if i.Name == item {
			return i.TypeName
		}
	}
	return item
}

func (s *show) delete(ctx context.Context, p *play.Person, d *Delete, done *StepResult) {
	target := s.items[d.Of]
	if d.Subject == nil || *d.Subject {
		done.Step = fmt.Sprintf("%s deletes %s", s.who, d.Of)
		done.Result = p.Delete(ctx, target.id)
	} else {
		done.Step = "Fabric deletes " + d.Of + " on nobody's behalf"
		client := s.Cloud.Control("")
		client.TenantID = s.Cloud.Control(p.User).TenantID // an item is its tenant's
		gone := fabrictest.Item{WorkspaceID: local.WorkspaceID, Type: target.typeName, ID: target.id}
		done.Result = answered(client.Delete(ctx, gone))
	}
	done.Body = nil
	target.gone = target.gone || done.OK() && d.Subject == nil
}

// answered puts an answer to Fabric into the words of a person's.
func answered(resp *fabrictest.Response, err error) play.Result {
	if err != nil {
		return play.Result{Outcome: play.NoAnswer, Detail: err.Error(), Err: err}
	}
	r := play.Result{Outcome: play.OK, Status: resp.Status, Header: resp.Header, Body: resp.Body}
	if resp.Status < http.StatusMultipleChoices {
		return r
	}
	r.Outcome, r.Body = play.Rejected, nil
	var body apierror.Response
	if json.Unmarshal(resp.Body, &body) == nil {
		r.Code, r.Detail = body.ErrorCode, body.Message
	}
	return r
}

func (s *show) job(ctx context.Context, p *play.Person, step *Step, done *StepResult) {
	switch {
	case step.Run != nil:
		of := s.items[step.Run.Of]
		done.Step = fmt.Sprintf("%s runs %s of %s as %s", s.who, step.Run.Job, step.Run.Of, step.Run.As)
		started := &run{of: of}
		started.id, done.Result = p.Run(ctx, of.id, of.typeName+"."+step.Run.Job, json.RawMessage(step.Run.Payload))
		s.runs[step.Run.As] = started
		s.names.name(started.id, step.Run.As)
	case step.Wait != nil:
		r := s.runs[step.Wait.Job]
		done.Step = fmt.Sprintf("%s waits for %s", s.who, step.Wait.Job)
		var job play.Job
		job, done.Result = p.Watch(ctx, r.of.id, r.id)
		done.Job = job.Status
		if job.Code != "" {
			done.Code, done.EntraCode, done.Detail = job.Code, job.EntraCode, job.Detail
		}
	case step.Cancel != nil:
		r := s.runs[step.Cancel.Job]
		done.Step = fmt.Sprintf("%s cancels %s", s.who, step.Cancel.Job)
		done.Result = p.Cancel(ctx, r.of.id, r.id)
		play.Pause(ctx, breath)
	}
	done.Body = nil
}

// breath is the time in which a handler whose job was cancelled comes to its end. Nothing outside tells when it has, and
// its last exchange must not meet the fault of the step after it.
const breath = 300 * time.Millisecond

// arrange changes the cloud. The front-ends then get new tokens: with those that it has exchanged already the back-end
// would not find out.
func (s *show) arrange(ctx context.Context, step *Step, done *StepResult) error {
	entra, fabric := s.Cloud.Entra, s.Cloud.Fabric
	for _, p := range s.people {
		p.Forget()
	}
	switch {
	case step.Fault != nil:
		return s.fault(step.Fault, done)
	case step.Outage != nil:
		s.outage(step.Outage, done)
	case step.ExpireSecret != nil:
		done.Step = "the application's secret " + map[bool]string{true: "has expired", false: "is good again"}[*step.ExpireSecret]
		entra.ExpireSecret(*step.ExpireSecret)
	case step.RotateKeys:
		done.Step = "Entra signs with a new key"
		return entra.RotateKeys()
	case step.ExpireTokens:
		return s.expireTokens(done)
	case step.RevokeConsent:
		done.Step = "all consent is taken back"
		entra.RevokeConsent()
	case step.RequireProof != nil:
		return s.requireProof(step.RequireProof, done)
	case step.Grant != nil:
		done.Step = fmt.Sprintf("on %s everybody may %v", step.Grant.Of, step.Grant.Permissions)
		fabric.Grant(s.items[step.Grant.Of].id, step.Grant.Permissions...)
	case step.Role != nil:
		return s.role(step.Role, done)
	case step.Pause != nil:
		done.Step = "a pause of " + step.Pause.String()
		play.Pause(ctx, step.Pause.Duration)
	default:
		done.Step = s.who + " is there"
	}
	return nil
}

func (s *show) fault(f *Fault, done *StepResult) error {
	var after Duration
	if f.RetryAfter != nil {
		after = *f.RetryAfter
	}
	switch {
	case f.Fabric != "":
		done.Step = fmt.Sprintf("Fabric will ask to wait, times %d", f.Times)
		s.Cloud.Fabric.Throttle(f.Times, after.Duration)
		return nil
	case f.OneLake != "":
		done.Step = fmt.Sprintf("OneLake will ask to wait, times %d", f.Times)
		s.Cloud.Fabric.ThrottleOneLake(f.Times, after.Duration)
		return nil
	}
	done.Step = fmt.Sprintf("Entra's next exchange will fail: %s, times %d", f.Entra, f.Times)
	for range f.Times {
		if err := s.Cloud.Entra.FailNext(localentra.Fault(f.Entra)); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) outage(o *Outage, done *StepResult) {
	for _, party := range []struct {
		name string
		on   *bool
		set  func(bool)
	}{
		{"Entra", o.Entra, s.Cloud.Entra.SetOutage},
		{"Fabric", o.Fabric, s.Cloud.Fabric.SetOutage},
		{"OneLake", o.OneLake, s.Cloud.Fabric.SetOneLakeOutage},
	} {
		if party.on == nil {
			continue
		}
		if done.Step != "" {
			done.Step += ", "
		}
		done.Step += party.name + map[bool]string{true: " is away", false: " is back"}[*party.on]
		party.set(*party.on)
	}
}

// tokenLife is how long tokens live, and longGone makes one that ended so long ago that no clock forgives it.
const (
	tokenLife = time.Hour
	longGone  = -5 * time.Minute
)

// expireTokens gives the front-end of who acts a token that has expired.
func (s *show) expireTokens(done *StepResult) error {
	done.Step = "the token of " + s.who + "'s front-end has expired"
	p, err := s.person(s.who)
	if err != nil {
		return err
	}
	s.Cloud.Entra.SetTokenLifetime(longGone)
	defer s.Cloud.Entra.SetTokenLifetime(tokenLife)
	token, err := s.Cloud.FrontendToken(p.User)
	if err != nil {
		return err
	}
	p.Hold(token)
	return nil
}

func (s *show) requireProof(r *Proof, done *StepResult) error {
	required := r.Required == nil || *r.Required
	done.Step = fmt.Sprintf("a second proof is asked of %s for %s", r.Of, r.For)
	if !required {
		done.Step = fmt.Sprintf("no second proof is asked of %s for %s", r.Of, r.For)
	}
	user, err := s.userID(r.Of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.Model.Resources, func(known *model.Resource) bool { return known.Name == r.For })
	if i < 0 {
		return errUnknownResource
	}
	uri := s.Model.Resources[i].URI
	s.proofs = append(s.proofs, proof{user, uri})
	return s.Cloud.Entra.RequireProof(user, uri, required)
}
