package sqlstore

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fabgen/fabgen/runtime/workload"
)

func jobKeyArgs(key workload.JobKey) []any { return append(itemKeyArgs(key.ItemKey), key.InstanceID) }

// newJobArgs are the columns of a new job; what its lease begins with, the database says.
func newJobArgs(job workload.JobRecord, lease time.Duration) ([]any, error) {
	k := job.Key
	if err := checkText(k.TenantID, k.WorkspaceID, k.ItemID, k.InstanceID, job.ItemType, job.JobType,
		job.InvokeType); err != nil {
		return nil, err
	}
	caller, err := json.Marshal(job.Caller)
	if err != nil {
		return nil, err
	}
	state, err := stateArgs(job)
	args := append(jobKeyArgs(k), job.ItemType, job.JobType, job.InvokeType, []byte(job.Arguments), string(caller))
	return append(append(args, state...), lease.Milliseconds()), err
}

// changedJobArgs are the columns of a job that may change, behind those that identify it.
func changedJobArgs(key workload.JobKey, job workload.JobRecord) ([]any, error) {
	state, err := stateArgs(job)
	return append(append(jobKeyArgs(key), state...), job.Leased.UnixMilli()), err
}

// stateArgs are status, started, ended, details, owner, session and runs.
func stateArgs(job workload.JobRecord) ([]any, error) {
	if err := checkText(string(job.State.Status), job.Owner, job.Session); err != nil {
		return nil, err
	}
	var details sql.NullString
	if job.State.Details != nil {
		text, err := json.Marshal(job.State.Details)
		if err != nil {
			return nil, err
		}
		details = sql.NullString{String: string(text), Valid: true}
	}
	return []any{string(job.State.Status), fromTime(job.State.Start), fromTime(job.State.End), details, job.Owner,
		job.Session, job.Runs}, nil
}

func scanJob(r row) (workload.JobRecord, error) { return scanJobAnd(r) }

// lockedJob is a job and the time at which it was locked.
type lockedJob struct {
	workload.JobRecord
	now time.Time
}

func scanLockedJob(r row) (lockedJob, error) {
	var now int64
	job, err := scanJobAnd(r, &now)
	return lockedJob{job, time.UnixMilli(now).UTC()}, err
}

// scanJobAnd scans jobColumns and further ones behind them.
func scanJobAnd(r row, more ...any) (workload.JobRecord, error) {
	var job workload.JobRecord
	var caller string
	var details sql.NullString
	var started, ended sql.NullInt64
	var leased int64
	k, state := &job.Key, &job.State
	err := r.Scan(append([]any{&k.TenantID, &k.WorkspaceID, &k.ItemID, &k.InstanceID, &job.ItemType, &job.JobType,
		&job.InvokeType, (*[]byte)(&job.Arguments), &caller, &state.Status, &started, &ended, &details, &job.Owner,
		&job.Session, &job.Runs, &leased}, more...)...)
	if err != nil {
		return workload.JobRecord{}, err
	}
	state.Start, state.End, job.Leased = toTime(started), toTime(ended), time.UnixMilli(leased).UTC()
	if err := json.Unmarshal([]byte(caller), &job.Caller); err != nil {
		return workload.JobRecord{}, fmt.Errorf("the caller of a job: %w", err)
	}
	if details.Valid {
		if err := json.Unmarshal([]byte(details.String), &state.Details); err != nil {
			return workload.JobRecord{}, fmt.Errorf("the details of a job: %w", err)
		}
	}
	return job, nil
}

func scanJobKey(r row) (workload.JobKey, error) {
	var key workload.JobKey
	err := r.Scan(&key.TenantID, &key.WorkspaceID, &key.ItemID, &key.InstanceID)
	return key, err
}
