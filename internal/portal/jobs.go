package portal

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// job is one run, as the workload told of it last.
type job struct {
	fabrictest.Job
	user  string
	state jobState
}

// jobState is the contract's.
type jobState struct {
	Status       string          `json:"status"`
	StartTimeUTC string          `json:"startTimeUtc"`
	EndTimeUTC   string          `json:"endTimeUtc"`
	ErrorDetails json.RawMessage `json:"errorDetails"`
}

func (s jobState) ended() bool {
	return s.Status == "Completed" || s.Status == "Failed" || s.Status == "Cancelled"
}

// statuses are Fabric's numbers for the contract's words.
var statuses = []string{"NotStarted", "InProgress", "Completed", "Failed", "Cancelled"}

// jobFields are a run as the front-end sees it, by the names of the wire. Fabric's times have no Z.
type jobFields struct {
	InstanceID      string          `json:"artifactJobInstanceId"`
	ArtifactID      string          `json:"artifactObjectId"`
	JobType         string          `json:"artifactJobType"`
	Status          int             `json:"status"`
	StatusString    string          `json:"statusString"`
	IsSuccessful    bool            `json:"isSuccessful"`
	JobStartTimeUTC string          `json:"jobStartTimeUtc,omitempty"`
	JobEndTimeUTC   string          `json:"jobEndTimeUtc,omitempty"`
	ErrorJSON       json.RawMessage `json:"serviceExceptionJson,omitempty"`
}

func (j *job) fields() jobFields {
	return jobFields{
		InstanceID: j.ID, ArtifactID: j.Item.ID, JobType: j.Type, Status: slices.Index(statuses, j.state.Status),
		StatusString: j.state.Status, IsSuccessful: j.state.Status == "Completed",
		JobStartTimeUTC: strings.TrimSuffix(j.state.StartTimeUTC, "Z"), JobEndTimeUTC: strings.TrimSuffix(j.state.EndTimeUTC, "Z"),
		ErrorJSON: j.state.ErrorDetails,
	}
}

type runFields struct {
	ArtifactObjectID string `json:"artifactObjectId"`
	ArtifactJobType  string `json:"artifactJobType"`
	Payload          struct {
		JobPayloadJSON string `json:"jobPayloadJson"`
	} `json:"payload"`
}

func (f *Fabric) run(ctx context.Context, user string, fields runFields) (any, error) {
	i, err := f.find(fields.ArtifactObjectID)
	if err != nil {
		return nil, err
	}
	body := map[string]any{"invokeType": "Manual"}
	if text := fields.Payload.JobPayloadJSON; text != "" {
		if !json.Valid([]byte(text)) {
			return nil, rejectf(http.StatusBadRequest, "InvalidPayload", "jobPayloadJson is no JSON")
		}
		body["creationPayload"] = json.RawMessage(text)
	}
	started := &job{Job: fabrictest.Job{Item: i.Item, Type: fields.ArtifactJobType, ID: fabrictest.NewID()}, user: user,
		state: jobState{Status: "NotStarted"}}
	if _, err := worked(f.Client(user).StartJob(ctx, started.Job, body)); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.jobs = append(f.jobs, started)
	return started.fields(), nil
}

// history asks the workload for the state of each run that may have moved, the newest first.
func (f *Fabric) history(ctx context.Context, _ string, fields objectFields) (any, error) {
	i, err := f.find(fields.ObjectID)
	if err != nil {
		return nil, err
	}
	history := []jobFields{}
	for _, j := range slices.Backward(f.jobsOf(i)) {
		if err := f.poll(ctx, j); err != nil {
			return nil, err
		}
		f.mu.Lock()
		history = append(history, j.fields())
		f.mu.Unlock()
	}
	return map[string]any{"artifactObjectId": i.ID, "history": history}, nil
}

func (f *Fabric) jobsOf(i *item) []*job {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []*job
	for _, j := range f.jobs {
		if j.Item == i.Item {
			found = append(found, j)
		}
	}
	return found
}

func (f *Fabric) poll(ctx context.Context, j *job) error {
	f.mu.Lock()
	ended := j.state.ended()
	f.mu.Unlock()
	if ended {
		return nil
	}
	return f.note(j)(f.Client(j.user).JobStatus(ctx, j.Job))
}

// note keeps the state that the workload answers.
func (f *Fabric) note(j *job) func(*fabrictest.Response, error) error {
	return func(resp *fabrictest.Response, err error) error {
		if resp, err = worked(resp, err); err != nil {
			return err
		}
		var state jobState
		if err := resp.JSON(&state); err != nil || !slices.Contains(statuses, state.Status) {
			return workloadFailed(resp)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		j.state = state
		return nil
	}
}

type cancelFields struct {
	ArtifactObjectID string `json:"artifactObjectId"`
	JobInstanceID    string `json:"jobInstanceId"`
}

func (f *Fabric) cancel(ctx context.Context, user string, fields cancelFields) (any, error) {
	i, err := f.find(fields.ArtifactObjectID)
	if err != nil {
		return nil, err
	}
	for _, j := range f.jobsOf(i) {
		if j.ID == fields.JobInstanceID {
			return map[string]any{"success": true}, f.note(j)(f.Client(user).CancelJob(ctx, j.Job))
		}
	}
	return nil, rejectf(http.StatusNotFound, "JobNotFound", "there is no such run")
}
