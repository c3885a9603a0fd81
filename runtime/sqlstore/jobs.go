package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fabgen/fabgen/runtime/workload"
)

// CreateJob implements workload.Store.
func (s *Store) CreateJob(ctx context.Context, job workload.JobRecord, lease time.Duration,
) (kept workload.JobRecord, created bool, err error) {
	args, err := newJobArgs(job, lease)
	if err != nil {
		return kept, false, failed(ctx, "creating a job", err)
	}
	err = s.write(ctx, "creating a job", func(ctx context.Context, tx *sql.Tx) error {
		kept, created, err = s.start(ctx, tx, job.Key, args)
		return err
	})
	return kept, created && err == nil, err
}

// start keeps the item until the job is there. A job that is there already is given also when its item is not.
func (s *Store) start(ctx context.Context, tx *sql.Tx, key workload.JobKey, args []any,
) (workload.JobRecord, bool, error) {
	_, noItem := one(ctx, tx, value[int64], s.keepItem, itemKeyArgs(key.ItemKey)...)
	if noItem != nil && !errors.Is(noItem, workload.ErrNotFound) {
		return workload.JobRecord{}, false, noItem
	}
	if noItem == nil {
		job, err := one(ctx, tx, scanJob, s.createJob, args...)
		if !errors.Is(err, workload.ErrNotFound) {
			return job, err == nil, err
		}
	}
	job, err := one(ctx, tx, scanJob, s.job, jobKeyArgs(key)...)
	if noItem == nil {
		err = vanished(err)
	}
	return job, false, err
}

// Job implements workload.Store.
func (s *Store) Job(ctx context.Context, key workload.JobKey) (job workload.JobRecord, err error) {
	err = s.read(ctx, "reading a job", func(ctx context.Context) error {
		job, err = one(ctx, s.reader, scanJob, s.job, jobKeyArgs(key)...)
		return err
	})
	return job, err
}

// OpenJobs implements workload.Store.
func (s *Store) OpenJobs(ctx context.Context, item workload.ItemKey) (keys []workload.JobKey, err error) {
	err = s.read(ctx, "listing the open jobs of an item", func(ctx context.Context) error {
		keys, err = all(ctx, s.reader, scanJobKey, s.openJobs, itemKeyArgs(item)...)
		return err
	})
	return keys, err
}

// UpdateJob implements workload.Store. The job is locked while change runs: change must not use the Store.
func (s *Store) UpdateJob(ctx context.Context, key workload.JobKey,
	change func(job *workload.JobRecord, now time.Time) bool) (job workload.JobRecord, err error) {
	err = s.write(ctx, "changing a job", func(ctx context.Context, tx *sql.Tx) error {
		found, err := one(ctx, tx, scanLockedJob, s.lockJob, jobKeyArgs(key)...)
		if err != nil {
			return err
		}
		job = found.JobRecord
		if !change(&found.JobRecord, found.now) {
			return nil
		}
		args, err := changedJobArgs(key, found.JobRecord)
		if err != nil {
			return err
		}
		job, err = one(ctx, tx, scanJob, s.updateJob, args...)
		return err
	})
	if err != nil {
		return workload.JobRecord{}, err
	}
	return job, nil
}
