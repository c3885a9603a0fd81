package workload

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// jobTarget is the job instance that a call is about.
type jobTarget struct {
	target
	key     JobKey
	jobType string
	run     JobFunc
}

func (s *Service) onJob(op func(http.ResponseWriter, *http.Request, jobTarget) error) operation {
	return s.onItem(func(w http.ResponseWriter, r *http.Request, t target) error {
		instance, err := uuidOf("jobInstanceId", r.PathValue("jobInstanceId"))
		if err != nil {
			return err
		}
		jobType := r.PathValue("jobType")
		run, ok := t.itemType.Jobs[jobType]
		if !ok {
			return apierror.New(http.StatusNotFound, apierror.UnknownJobType,
				"This item type has no such job type; the full name of the item's manifest is right.").Permanent(true)
		}
		return op(w, r, jobTarget{t, JobKey{t.key, instance}, jobType, run})
	})
}

// startJob starts a job once: a repeated call finds it there and starts nothing.
func (s *Service) startJob(w http.ResponseWriter, r *http.Request, t jobTarget) error {
	body, err := readMembers(w, r)
	if err != nil {
		return err
	}
	invokeType, err := body.invokeType()
	if err != nil {
		return err
	}
	ctx := r.Context()
	unlock, err := s.locks.lock(ctx, t.target.key)
	if err != nil {
		return err
	}
	defer unlock()
	item, err := s.item(ctx, t.target)
	if err != nil {
		return err
	}
	record := JobRecord{
		Key: t.key, ItemType: t.itemType.Name, JobType: t.jobType, InvokeType: invokeType,
		Arguments: body.value("creationPayload"), Caller: jobCaller(ctx), Owner: s.replica,
		State: JobState{Status: JobNotStarted},
	}
	if err := s.launch(ctx, item, record, t.run); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func (m members) invokeType() (string, error) {
	kind, err := m.text("invokeType")
	if err != nil {
		return "", err
	}
	if kind == nil {
		return "", invalidBody("it has no invokeType")
	}
	switch *kind {
	case "Scheduled", "Manual", "UnknownFutureValue":
		return *kind, nil
	}
	return "", invalidBody("invokeType is none of Scheduled, Manual and UnknownFutureValue")
}

// launch records the job and hands it to a worker, unless it is recorded already.
func (s *Service) launch(ctx context.Context, item Item, record JobRecord, run JobFunc) error {
	found, err := s.store.Job(ctx, record.Key)
	if err == nil {
		return found.sameType(record)
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := s.runner.reserve(); err != nil {
		return err
	}
	found, created, err := s.store.CreateJob(ctx, record, s.lease)
	if err != nil || !created {
		s.runner.release()
		return errors.Join(err, found.sameType(record))
	}
	s.begin(ctx, item, found, run)
	return nil
}

// begin hands a job that is leased to this replica, and for which there is a place, to a worker.
func (s *Service) begin(ctx context.Context, item Item, record JobRecord, run JobFunc) {
	job := &Job{
		Item: item, InstanceID: record.Key.InstanceID, JobType: record.JobType, InvokeType: record.InvokeType,
		Arguments: record.Arguments,
	}
	s.keepLeases()
	s.runner.start(ctx, record.Key, func(ctx context.Context) { s.run(ctx, record.Key, job, run) })
}

func (j JobRecord) sameType(other JobRecord) error {
	if j.Key == other.Key && (j.JobType != other.JobType || j.ItemType != other.ItemType) {
		return apierror.New(http.StatusConflict, apierror.Conflict,
			"There is a job of another type with this ID.").Permanent(true)
	}
	return nil
}

// run takes a job from NotStarted to its end, unless it was cancelled, or lost to another replica, while it waited.
func (s *Service) run(ctx context.Context, key JobKey, job *Job, run JobFunc) {
	logger := s.logger.With("tenantId", key.TenantID, "itemId", key.ItemID, "jobInstanceId", key.InstanceID,
		"jobType", job.JobType)
	began := false
	_, err := s.store.UpdateJob(context.WithoutCancel(ctx), key, func(record *JobRecord, now time.Time) bool {
		began = context.Cause(ctx) == nil && record.Owner == s.replica && record.State.begin(now)
		if began {
			record.Runs++
		}
		return began
	})
	if err != nil {
		logger.ErrorContext(ctx, "a job's start could not be recorded", "error", err)
		return
	}
	result := context.Cause(ctx)
	if began {
		logger.InfoContext(ctx, "job started")
		result = runSafely(s.withJob(ctx, key), job, run)
	}
	s.finish(ctx, key, result, logger)
}

// runSafely runs a job and makes an error of its panic.
func runSafely(ctx context.Context, job *Job, run JobFunc) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return run(ctx, job)
}

func (s *Service) finish(ctx context.Context, key JobKey, result error, logger *slog.Logger) {
	cause := context.Cause(ctx)
	status, details := JobCompleted, (*apierror.Response)(nil)
	switch {
	case result == nil:
	case errors.Is(cause, errCancelled):
		status = JobCancelled
	case errors.Is(cause, errStopping):
		status, details = JobFailed, &stopping(cause).Response
	case errors.Is(cause, errLeaseLost):
		status, details = JobFailed, &replicaLost().Response
	default:
		status, details = JobFailed, s.details(ctx, result)
	}
	record, err := s.store.UpdateJob(context.WithoutCancel(ctx), key, func(record *JobRecord, now time.Time) bool {
		return record.Owner == s.replica && record.State.end(status, now, details)
	})
	if err == nil && record.Owner == s.replica {
		s.endSession(context.WithoutCancel(ctx), record)
	}
	switch {
	case err != nil:
		logger.ErrorContext(ctx, "a job's end could not be recorded", "status", status, "error", err)
	case record.Owner != s.replica:
		logger.WarnContext(ctx, "job was taken over by another replica", "owner", record.Owner)
	case result != nil && record.State.Status == JobFailed:
		logger.ErrorContext(ctx, "job failed", "error", result)
	default:
		logger.InfoContext(ctx, "job ended", "status", record.State.Status)
	}
}

// details is what the front-end learns of a failed job. An internal error shows the RequestId of the start.
func (s *Service) details(ctx context.Context, result error) *apierror.Response {
	response := ErrorFor(result, auth.ControlPlane).Response
	if _, id := auth.IDsFrom(ctx); id != "" && response.ErrorCode == apierror.InternalError {
		response.Message += " RequestId: " + id
	}
	return &response
}

func (s *Service) jobStatus(w http.ResponseWriter, r *http.Request, t jobTarget) error {
	job, err := s.job(r.Context(), t)
	if err != nil {
		return err
	}
	return WriteJSON(w, http.StatusOK, job.State)
}

// cancelJob cancels a job that has not ended, and tells its state in any case.
func (s *Service) cancelJob(w http.ResponseWriter, r *http.Request, t jobTarget) error {
	if _, err := s.job(r.Context(), t); err != nil {
		return err
	}
	state, err := s.cancel(r.Context(), t.key)
	if err != nil {
		return err
	}
	return WriteJSON(w, http.StatusOK, state)
}

func (s *Service) cancel(ctx context.Context, key JobKey) (JobState, error) {
	record, err := s.store.UpdateJob(ctx, key, func(record *JobRecord, now time.Time) bool {
		return record.State.end(JobCancelled, now, nil)
	})
	if err == nil { // on another replica the next renewal of its lease finds out
		s.runner.cancel(key, errCancelled)
	}
	return record.State, err
}

func (s *Service) cancelJobs(ctx context.Context, item ItemKey) error {
	keys, err := s.store.OpenJobs(ctx, item)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if _, err := s.cancel(ctx, key); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

func (s *Service) job(ctx context.Context, t jobTarget) (JobRecord, error) {
	job, err := s.store.Job(ctx, t.key)
	if errors.Is(err, ErrNotFound) || err == nil && (job.JobType != t.jobType || job.ItemType != t.itemType.Name) {
		return JobRecord{}, apierror.New(http.StatusNotFound, apierror.JobNotFound, "There is no such job.").Permanent(true)
	}
	return job, err
}

// Shutdown takes no further jobs and waits for those that run or wait. When ctx ends first, they are cancelled and
// end as Failed; they then have two seconds to return. It returns nil where every job came to its own end.
func (s *Service) Shutdown(ctx context.Context) error {
	grace, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(2*time.Second, cancel) })
	defer stop()
	defer s.stopLeases()
	return s.runner.stop(ctx, grace)
}
