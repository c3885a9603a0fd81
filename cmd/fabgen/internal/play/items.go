package play

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
)

// Changes are what a person changes of an item. What is nil stays as it is.
type Changes struct {
	DisplayName, Description *string
	Payload                  json.RawMessage
}

func (c Changes) fields() map[string]any {
	fields := map[string]any{}
	if c.DisplayName != nil {
		fields["displayName"] = *c.DisplayName
	}
	if c.Description != nil {
		fields["description"] = *c.Description
	}
	if c.Payload != nil {
		fields["workloadPayload"], fields["payloadContentType"] = string(c.Payload), "InlineJson"
	}
	return fields
}

// Create creates an item of a type, by its full name, and gives its ID. The first time it asks for consent to
// everything, as the front-end does.
func (p *Person) Create(ctx context.Context, itemType string, changes Changes) (id string, r Result) {
	if !p.AskedAtCreate {
		refused := p.require(ctx, &r, demand{scopes: []string{everything}})
		for i := range r.Asked {
			r.Asked[i].Early = true
		}
		if refused != nil {
			r.end(reply{}, refused)
			return "", r
		}
		p.AskedAtCreate = true
	}
	fields := changes.fields()
	fields["artifactType"] = itemType
	p.control(ctx, &r, true, "createArtifact", map[string]any{"workspaceObjectId": local.WorkspaceID, "payload": fields})
	var made struct{ ObjectID string }
	r.read(&made)
	return made.ObjectID, r
}

// Item is an item as its editor has it.
type Item struct {
	DisplayName     string `json:"displayName"`
	Description     string `json:"description"`
	WorkloadPayload string `json:"workloadPayload"` // JSON
	Etag            string `json:"etag"`
}

// Read reads an item.
func (p *Person) Read(ctx context.Context, id string) (Item, Result) {
	var r Result
	p.control(ctx, &r, true, "getArtifact", map[string]any{"objectId": id})
	var item Item
	r.read(&item)
	return item, r
}

// Update changes an item, whatever its version.
func (p *Person) Update(ctx context.Context, id string, changes Changes) Result {
	var r Result
	p.control(ctx, &r, true, "updateArtifact", map[string]any{"objectId": id, "payload": changes.fields()})
	return r
}

// Delete drops an item.
func (p *Person) Delete(ctx context.Context, id string) Result {
	var r Result
	p.control(ctx, &r, true, "deleteArtifact", map[string]any{"objectId": id})
	return r
}

// Run starts a job of an item, by the full name of its type, and gives the ID of the run. payload may be nil.
func (p *Person) Run(ctx context.Context, item, jobType string, payload json.RawMessage) (id string, r Result) {
	fields := map[string]any{}
	if payload != nil {
		fields["jobPayloadJson"] = string(payload)
	}
	p.control(ctx, &r, true, "runArtifactJob",
		map[string]any{"artifactObjectId": item, "artifactJobType": jobType, "payload": fields})
	var run struct {
		InstanceID string `json:"artifactJobInstanceId"`
	}
	r.read(&run)
	return run.InstanceID, r
}

// Cancel asks for a run to be cancelled.
func (p *Person) Cancel(ctx context.Context, item, run string) Result {
	var r Result
	p.control(ctx, &r, true, "cancelArtifactJob", map[string]any{"artifactObjectId": item, "jobInstanceId": run})
	return r
}

// Job is how a run is doing.
type Job struct {
	Status string // NotStarted, InProgress, Completed, Failed or Cancelled
	// Code, EntraCode and Detail are those of the error that a failed run ended with.
	Code, EntraCode, Detail string
}

// Ended says whether it will not change any more.
func (j Job) Ended() bool {
	return j.Status == "Completed" || j.Status == "Failed" || j.Status == "Cancelled"
}

// Look asks how a run is doing. It opens no window, as polling does not.
func (p *Person) Look(ctx context.Context, item, run string) (Job, Result) {
	var r Result
	p.control(ctx, &r, false, "getArtifactJobHistory", map[string]any{"objectId": item})
	var list struct {
		History []struct {
			InstanceID string          `json:"artifactJobInstanceId"`
			Status     string          `json:"statusString"`
			Error      json.RawMessage `json:"serviceExceptionJson"`
		} `json:"history"`
	}
	r.read(&list)
	for _, j := range list.History {
		if j.InstanceID == run {
			return job(j.Status, j.Error), r
		}
	}
	if r.OK() {
		r.end(reply{}, &problem{kind: notFound, detail: "Fabric does not list the run"})
	}
	return Job{}, r
}

func job(status string, details json.RawMessage) Job {
	j := Job{Status: status}
	var text string
	if json.Unmarshal(details, &text) == nil { // the error may be a string of JSON
		details = json.RawMessage(text)
	}
	if e := readError(details); e != nil {
		j.Code, j.EntraCode, j.Detail = e.ErrorCode, e.entraCode(), e.Message
	}
	return j
}

// Watch looks at a run until it has ended, looking fails for good, or ctx ends. Where looking was only refused for a
// while, it looks again.
func (p *Person) Watch(ctx context.Context, item, run string) (Job, Result) {
	for delay := 10 * time.Millisecond; ; delay = min(2*delay, 250*time.Millisecond) {
		found, r := p.Look(ctx, item, run)
		if found.Ended() || !r.OK() && r.Outcome != RetryLater || ctx.Err() != nil {
			return found, r
		}
		if !Pause(ctx, delay) {
			r.end(reply{}, noAnswer(fmt.Errorf("the job is still %s: %w", found.Status, context.Cause(ctx))))
			return found, r
		}
	}
}

// control makes a call of the host that ends in the back-end, as the front-end's callControlPlane does (flow B).
func (p *Person) control(ctx context.Context, r *Result, interactive bool, name string, fields any) {
	p.retryOnce(ctx, r, interactive, func(ctx context.Context) (reply, *problem) {
		return answered(p.host.call(ctx, p.User, name, fields))
	})
}

// answered is what the portal said to a call.
func answered(answer hostAnswer, err error) (reply, *problem) {
	switch {
	case err != nil:
		return reply{}, noAnswer(err)
	case answer.Reject != nil:
		return reply{}, readRejection(answer.Reject)
	}
	return reply{status: http.StatusOK, body: answer.Resolve}, nil
}

// readRejection makes a problem of a rejection of items or jobs. The back-end's ErrorResponse is a string of JSON in
// Fabric's own error.
func readRejection(reject json.RawMessage) *problem {
	var outer struct {
		Error struct {
			StatusCode int
			Message    struct {
				Code, Message string
				PBI           struct {
					Parameters struct{ ErrorResponse string }
				} `json:"pbi.error"`
			}
		}
		Response struct{ Headers struct{ RequestID string } }
	}
	if err := json.Unmarshal(reject, &outer); err != nil {
		return &problem{kind: broken, detail: "Fabric's error cannot be read: " + err.Error()}
	}
	message := outer.Error.Message
	e := readError([]byte(message.PBI.Parameters.ErrorResponse))
	p := &problem{status: outer.Error.StatusCode, code: message.Code, detail: message.Message,
		requestID: outer.Response.Headers.RequestID}
	p.facts(e)
	d, asks := e.demand()
	if !asks {
		d, asks = e.implied("")
	}
	if asks {
		if len(d.scopes) > 0 {
			d.scopes = []string{everything}
		}
		return p.asking(d)
	}
	if message.Code == "WorkloadUnreachable" {
		return p.refused(unreached)
	}
	byCode := map[string]kind{"AccessDenied": denied, "AuthError": denied, "InvalidItemPayload": rejected,
		"ItemMetadataNotFound": notFound, "TooManyRequests": throttled, "InternalError": broken, "InvalidRequest": rejected,
		"ServiceUnavailable": unavailable}
	if e != nil && byCode[e.ErrorCode] != 0 {
		return p.refused(byCode[e.ErrorCode])
	}
	return p.refused(kindOf(p.status))
}

// read reads the answer where all went well.
func (r *Result) read(into any) {
	if !r.OK() {
		return
	}
	if err := json.Unmarshal(r.Body, into); err != nil {
		r.end(reply{}, &problem{kind: broken, status: r.Status, detail: "the answer cannot be read: " + err.Error()})
	}
}
