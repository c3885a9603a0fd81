package workload

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// ErrNotFound is a Store's answer where it has nothing under a key.
var ErrNotFound = errors.New("workload: no such record")

// Store keeps items and jobs. Its methods are safe for concurrent use, and each is atomic.
type Store interface {
	// CreateItem keeps item unless there is one under its key. It gives the one that is there then, and whether that
	// was made now.
	CreateItem(ctx context.Context, item Item) (Item, bool, error)
	// Item gives the item, or ErrNotFound.
	Item(ctx context.Context, key ItemKey) (Item, error)
	// SaveItem replaces an item, or fails with ErrNotFound.
	SaveItem(ctx context.Context, item Item) error
	// DeleteItem drops an item. It is no error where there is none.
	DeleteItem(ctx context.Context, key ItemKey) error

	// CreateJob keeps job unless there is one under its key; it gives the one that is there then, and whether that
	// was made now.
	CreateJob(ctx context.Context, job JobRecord) (JobRecord, bool, error)
	// Job gives the job, or ErrNotFound.
	Job(ctx context.Context, key JobKey) (JobRecord, error)
	// OpenJobs gives the keys of an item's jobs that have not ended.
	OpenJobs(ctx context.Context, item ItemKey) ([]JobKey, error)
	// UpdateJob lets change alter a job's state, keeps it where change returns true, and gives the state that is
	// there then. It fails with ErrNotFound.
	UpdateJob(ctx context.Context, key JobKey, change func(*JobState) bool) (JobState, error)

	// Ready says whether the store can be reached.
	Ready(ctx context.Context) error
}

// JobKey identifies a job.
type JobKey struct {
	ItemKey
	InstanceID string // lower case
}

// JobRecord is a job as a Store keeps it.
type JobRecord struct {
	// State alone changes once the job is kept; the others are those of Job.
	Key        JobKey
	ItemType   string
	JobType    string
	InvokeType string
	Arguments  json.RawMessage
	State      JobState
}

// JobStatus is where a job is.
type JobStatus string

// The statuses of the contract.
const (
	JobNotStarted JobStatus = "NotStarted"
	JobInProgress JobStatus = "InProgress"
	JobCompleted  JobStatus = "Completed"
	JobFailed     JobStatus = "Failed"
	JobCancelled  JobStatus = "Cancelled"
)

// JobState is a job's state, in the contract's JSON.
type JobState struct {
	// Start is set once the job runs, End once it has ended, Details where it failed.
	Status  JobStatus          `json:"status"`
	Start   *time.Time         `json:"startTimeUtc,omitempty"` // UTC
	End     *time.Time         `json:"endTimeUtc,omitempty"`   // UTC
	Details *apierror.Response `json:"errorDetails,omitempty"`
}

// Ended says whether the state can change no more.
func (s JobState) Ended() bool {
	return s.Status == JobCompleted || s.Status == JobFailed || s.Status == JobCancelled
}

// begin moves a job that waits to InProgress.
func (s *JobState) begin(now time.Time) bool {
	if s.Status != JobNotStarted {
		return false
	}
	s.Status, s.Start = JobInProgress, &now
	return true
}

// end gives a job that has not ended its last status.
func (s *JobState) end(status JobStatus, now time.Time, details *apierror.Response) bool {
	if s.Ended() {
		return false
	}
	s.Status, s.End, s.Details = status, &now, details
	return true
}
