package workload

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// Errors of a Store on which a Service decides.
var (
	// ErrNotFound is the answer where there is nothing under a key.
	ErrNotFound = errors.New("workload: no such record")
	// ErrConflict is the answer where an item was changed since it was read.
	ErrConflict = errors.New("workload: the item was changed meanwhile")
)

// Store keeps items and jobs, for one replica or for many. Its methods are safe for concurrent use, and each is atomic.
// The tenant is part of every key. Text has no NUL, which databases do not take. Leases go by the store's own clock, so that the replicas' clocks need not agree.
type Store interface {
	// CreateItem keeps item unless there is one under its key. It gives the one that is there then, and whether that
	// was made now.
	CreateItem(ctx context.Context, item Item) (Item, bool, error)
	// Item gives the item, or ErrNotFound.
	Item(ctx context.Context, key ItemKey) (Item, error)
	// SaveItem replaces an item. It fails with ErrNotFound, or with ErrConflict where the item's Revision is not the
	// one that is there; the Revision goes up by one.
	SaveItem(ctx context.Context, item Item) error
	// DeleteItem drops an item and ends its jobs that have not ended as Cancelled. It is no error where there is none.
	DeleteItem(ctx context.Context, key ItemKey) error

	// CreateJob keeps job, leased to its Owner for that long, unless there is one under its key; it gives the one that
	// is there then, and whether that was made now. It fails with ErrNotFound where there is no such item.
	CreateJob(ctx context.Context, job JobRecord, lease time.Duration) (JobRecord, bool, error)
	// Job gives the job, or ErrNotFound.
	Job(ctx context.Context, key JobKey) (JobRecord, error)
	// OpenJobs gives the keys of an item's jobs that have not ended.
	OpenJobs(ctx context.Context, item ItemKey) ([]JobKey, error)
	// UpdateJob lets change alter State, Owner, Leased, Session and Runs of a job, keeps them where change returns
	// true, and gives the job that is there then. now is the store's clock. It fails with ErrNotFound. change may be
	// called more than once, must not call the store, and sets State.End with a status that is an end.
	UpdateJob(ctx context.Context, key JobKey, change func(job *JobRecord, now time.Time) bool) (JobRecord, error)
	// RenewLeases has the leases of owner's jobs that have not ended end after lease from now, and gives those jobs.
	RenewLeases(ctx context.Context, owner string, lease time.Duration) ([]JobKey, error)
	// LostJobs gives at most limit jobs that have not ended although their lease has.
	LostJobs(ctx context.Context, limit int) ([]JobKey, error)
	// DropJobs forgets jobs that ended longer ago than age.
	DropJobs(ctx context.Context, age time.Duration) error

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
	// These are those of Job, and never change.
	Key        JobKey
	ItemType   string
	JobType    string
	InvokeType string
	Arguments  json.RawMessage
	Caller     JobCaller

	State   JobState  // where the job is
	Owner   string    // the replica that runs it, or will
	Leased  time.Time // until when; whoever finds a job that has not ended after that may take it over. UTC
	Session string    // of auth.LongRunning, by which another replica gets tokens on behalf of the user; "" for none
	Runs    int       // how often it was begun
}

// JobCaller is who started a job, as far as may be kept.
type JobCaller struct {
	ObjectID   string `json:"objectId,omitempty"` // "" where nobody's name stood for the start
	AppID      string `json:"appId"`
	ActivityID string `json:"activityId"`
	RequestID  string `json:"requestId"`
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
