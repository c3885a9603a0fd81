package portal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// maxEnded bounds the ended runs that are kept of each item.
const maxEnded = 50

// job is one run, as the workload told of it last.
type job struct {
	fabrictest.Job
	user      string
	triggered time.Time
	schedule  string // the ID of that which has started it; "" where a person has
	state     jobState

	failures int       // how often in turn the workload has not told its state
	next     time.Time // when to ask again
}

// jobState is the contract's.
type jobState struct {
	Status       string          `json:"status"`
	StartTimeUTC string          `json:"startTimeUtc,omitempty"`
	EndTimeUTC   string          `json:"endTimeUtc,omitempty"`
	ErrorDetails json.RawMessage `json:"errorDetails,omitempty"`
}

func (s jobState) ended() bool {
	return s.Status == "Completed" || s.Status == "Failed" || s.Status == "Cancelled"
}

// statuses are Fabric's numbers for the contract's words.
var statuses = []string{"NotStarted", "InProgress", "Completed", "Failed", "Cancelled"}

// invokeType is the contract's word for how the run came to be.
func (j *job) invokeType() string {
	if j.schedule != "" {
		return "Scheduled"
	}
	return "Manual"
}

// jobFields are a run as the front-end sees it, by the names of the wire. Fabric's times have no Z.
type jobFields struct {
	InstanceID      string          `json:"artifactJobInstanceId"`
	ArtifactID      string          `json:"artifactObjectId"`
	JobType         string          `json:"artifactJobType"`
	Status          int             `json:"status"`
	StatusString    string          `json:"statusString"`
	IsSuccessful    bool            `json:"isSuccessful"`
	JobScheduleTime string          `json:"jobScheduleTimeUtc"`
	JobStartTimeUTC string          `json:"jobStartTimeUtc,omitempty"`
	JobEndTimeUTC   string          `json:"jobEndTimeUtc,omitempty"`
	ErrorJSON       json.RawMessage `json:"serviceExceptionJson,omitempty"`
	DefinitionID    string          `json:"jobDefinitionObjectId,omitempty"`
}

// fabricTime is the form of Fabric's times.
const fabricTime = "2006-01-02T15:04:05.0000000"

func (j *job) fields() jobFields {
	return jobFields{
		InstanceID: j.ID, ArtifactID: j.Item.ID, JobType: j.Type, DefinitionID: j.schedule,
		JobScheduleTime: j.triggered.UTC().Format(fabricTime), Status: slices.Index(statuses, j.state.Status), StatusString: j.state.Status, IsSuccessful: j.state.Status == "Completed",
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
	i, err := f.find(user, fields.ArtifactObjectID)
	if err != nil {
		return nil, err
	}
	body := map[string]any{}
	if text := fields.Payload.JobPayloadJSON; text != "" {
		if !json.Valid([]byte(text)) {
			return nil, rejectf(http.StatusBadRequest, "InvalidPayload", "jobPayloadJson is no JSON")
		}
		body["creationPayload"] = json.RawMessage(text)
	}
	started, err := f.start(ctx, &job{Job: fabrictest.Job{Item: i.Item, Type: fields.ArtifactJobType}, user: user}, body)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return started.fields(), nil
}

// start has the workload start a job, and keeps it.
func (f *Fabric) start(ctx context.Context, j *job, body map[string]any) (*job, error) {
	j.ID, j.triggered, j.state.Status = fabrictest.NewID(), time.Now(), statuses[0]
	body["invokeType"] = j.invokeType()
	if _, err := worked(f.Client(j.user).StartJob(ctx, j.Job, body)); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.jobs = append(f.jobs, j)
	f.forgetOldest(j.Item)
	f.save()
	return j, nil
}

// forgetOldest drops an item's oldest runs where there are too many. f.mu is held.
func (f *Fabric) forgetOldest(i fabrictest.Item) {
	ended := 0
	for at := len(f.jobs) - 1; at >= 0; at-- {
		if j := f.jobs[at]; j.Item == i && j.state.ended() {
			if ended++; ended > maxEnded {
				f.jobs = slices.Delete(f.jobs, at, at+1)
			}
		}
	}
}

// history asks the workload for the state of each run that may have moved, the newest first.
func (f *Fabric) history(ctx context.Context, user string, fields objectFields) (any, error) {
	i, err := f.find(user, fields.ObjectID)
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

// note keeps the state that the workload answers. An end stays, whatever comes in after it.
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
		j.failures = 0
		if j.state.ended() || j.state.equal(state) {
			return nil
		}
		j.state = state
		f.tellEnd(j)
		f.save()
		return nil
	}
}

func (s jobState) equal(other jobState) bool {
	return s.Status == other.Status && s.StartTimeUTC == other.StartTimeUTC && s.EndTimeUTC == other.EndTimeUTC
}

type cancelFields struct {
	ArtifactObjectID string `json:"artifactObjectId"`
	JobInstanceID    string `json:"jobInstanceId"`
}

func (f *Fabric) cancel(ctx context.Context, user string, fields cancelFields) (any, error) {
	i, err := f.find(user, fields.ArtifactObjectID)
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

// Bounds of asking for the state of a job that the workload does not tell.
const (
	maxFailures = 10
	longestPoll = time.Minute
)

// failed keeps that the workload did not tell a job's state: it is asked again later and later, and in the end the job
// has failed. What the workload does not know has failed at once.
func (f *Fabric) failed(j *job, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	j.failures++
	j.next = time.Now().Add(min(f.pollEvery()<<min(j.failures, 10), longestPoll))
	var r *rejection
	unknown := errors.As(err, &r) && r.status == http.StatusNotFound
	if j.failures == 1 && !unknown {
		f.tell(failure("The state of "+f.jobTitle(j)+" is not known", err, j.user))
	}
	if j.failures < maxFailures && !unknown || j.state.ended() {
		return
	}
	details, _ := json.Marshal(map[string]string{"errorCode": "JobStateUnknown", // strings always encode
		"message": "The workload did not tell the state of the job: " + err.Error(), "source": "System"})
	j.state.Status, j.state.ErrorDetails = "Failed", details
	j.state.EndTimeUTC = time.Now().UTC().Format(time.RFC3339)
	f.tellEnd(j)
	f.save()
}

// tellEnd tells the person how a job has ended, if it has. f.mu is held.
func (f *Fabric) tellEnd(j *job) {
	switch j.state.Status {
	case "Completed":
		if j.schedule == "" { // schedules would tell of one after the other
			f.tell(note{Title: f.jobTitle(j) + " is completed", User: j.user})
		}
	case "Failed":
		n := note{Title: f.jobTitle(j) + " has failed", User: j.user, Bad: true}
		n.Code, n.Message = codeAndMessage(j.state.ErrorDetails)
		f.tell(n)
	case "Cancelled":
		f.tell(note{Title: f.jobTitle(j) + " is cancelled", User: j.user})
	}
}

// jobTitle names a job to a person. f.mu is held.
func (f *Fabric) jobTitle(j *job) string {
	short := j.Type[strings.LastIndexByte(j.Type, '.')+1:]
	for _, i := range f.items {
		if i.Item == j.Item && i.displayName != "" {
			return short + " of " + i.displayName
		}
	}
	return short
}
