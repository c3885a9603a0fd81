package workload

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

const (
	defaultLease = 20 * time.Second
	ticks        = 10 // of Config.Lease; at each of them leases are renewed, and lost jobs looked for
	renewals     = 8  // ticks for which a lease is given, so that what is lost is seen within Config.Lease
	maxRuns      = 3  // of a job that may run again: one that ends its replica each time must not go on to the next
	lostAtOnce   = 50
	keptFor      = 30 * 24 * time.Hour // ended jobs, for those who still ask for their state
	dropInterval = time.Hour
)

// errLeaseLost ends a job whose replica could not say any more that it runs it: another one may have taken it over.
var errLeaseLost = errors.New("workload: the lease on the job was lost")

// Restarter is an ItemHandler that has jobs which may run again from their beginning, because doing what they do twice
// does no harm. Such a job goes on elsewhere when the replica that runs it dies; every other one ends as Failed.
type Restarter interface {
	// Restartable says whether jobs of this type, by its full name, may run again.
	Restartable(jobType string) bool
}

// leases keep the jobs of this replica from others, and take over those that others have lost.
type leases struct {
	once    sync.Once
	stop    context.CancelFunc
	stopped chan struct{}
	strays  map[JobKey]bool // of the last renewal: jobs of this replica's that are not here; of the ticker alone
}

// keepLeases begins to renew leases and to look for lost jobs, with the first job or when Start says so.
func (s *Service) keepLeases() {
	s.leases.once.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		s.leases.stop, s.leases.stopped = cancel, make(chan struct{})
		go s.tick(ctx)
	})
}

// stopLeases ends that. A job that still runs then is another replica's once its lease has ended.
func (s *Service) stopLeases() {
	s.leases.once.Do(func() {}) // never begins after this
	if s.leases.stop != nil {
		s.leases.stop()
		<-s.leases.stopped
	}
}

// leaseTick is the time between two ticks, for Config.Lease.
func leaseTick(lease time.Duration) time.Duration {
	if lease <= 0 {
		lease = defaultLease
	}
	return lease / ticks
}

// tick renews often enough that several renewals may fail, and that a cancellation elsewhere is soon seen here.
func (s *Service) tick(ctx context.Context) {
	defer close(s.leases.stopped)
	ticker := time.NewTicker(s.lease / renewals)
	defer ticker.Stop()
	renewed, dropped := time.Now(), time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		bounded, cancel := context.WithTimeout(ctx, s.lease/4)
		began := time.Now()
		if s.renew(bounded) == nil {
			renewed = began
		} else if time.Since(renewed) > s.lease*8/10 { // before others may take over
			s.runner.cancelAll(errLeaseLost)
		}
		s.takeLost(bounded)
		if time.Since(dropped) > dropInterval {
			dropped = time.Now()
			s.log(bounded, "dropping old jobs", s.store.DropJobs(bounded, keptFor))
		}
		cancel()
	}
}

// renew renews the leases of the jobs that are here, and ends those that are this replica's no more.
func (s *Service) renew(ctx context.Context) error {
	here := s.runner.keys()
	if len(here) == 0 {
		return nil // and what else is this replica's is lost with its lease
	}
	held, err := s.store.RenewLeases(ctx, s.replica, s.lease)
	if err != nil {
		s.log(ctx, "renewing the leases of jobs", err)
		return err
	}
	strays := map[JobKey]bool{}
	for _, key := range held {
		if !here[key] {
			strays[key] = true
		}
		delete(here, key)
	}
	for key := range here {
		s.endLocally(ctx, key)
	}
	s.giveUp(ctx, strays)
	return nil
}

// giveUp ends the lease on jobs that have been this replica's for two renewals without being here: the store kept them,
// and its answer was lost on the way. They are then taken over as any lost job.
func (s *Service) giveUp(ctx context.Context, strays map[JobKey]bool) {
	for key := range strays {
		if !s.leases.strays[key] {
			continue // it may be on its way to a worker
		}
		_, err := s.store.UpdateJob(ctx, key, func(record *JobRecord, now time.Time) bool {
			record.Leased = now.Add(-time.Millisecond)
			return record.Owner == s.replica
		})
		s.log(ctx, "giving up a job that is not here", err)
	}
	s.leases.strays = strays
}

// endLocally ends a job here that the store says is not this replica's: it was cancelled elsewhere, or taken over.
func (s *Service) endLocally(ctx context.Context, key JobKey) {
	cause := errLeaseLost
	if record, err := s.store.Job(ctx, key); err == nil && record.State.Status == JobCancelled {
		cause = errCancelled
	}
	s.runner.cancel(key, cause)
}

// takeLost takes over what other replicas have lost.
func (s *Service) takeLost(ctx context.Context) {
	lost, err := s.store.LostJobs(ctx, lostAtOnce)
	if err != nil {
		s.log(ctx, "looking for lost jobs", err)
		return
	}
	here := s.runner.keys()
	for _, key := range lost {
		if here[key] { // its last run has not returned yet
			continue
		}
		if err := s.takeOver(ctx, key); err != nil {
			s.log(ctx, "taking over a lost job", err)
		}
	}
}

// takeOver begins a lost job once more, where it never began or may run again, or ends it as Failed. Of several replicas
// that try, one does.
func (s *Service) takeOver(ctx context.Context, key JobKey) error {
	record, err := s.store.Job(ctx, key)
	if err != nil {
		return err
	}
	item, err := s.store.Item(ctx, key.ItemKey)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	itemType := s.types[record.ItemType]
	run := itemType.Jobs[record.JobType]
	if err != nil || run == nil || !record.mayRunAgain(itemType.Handler) {
		_, err := s.store.UpdateJob(ctx, key, func(record *JobRecord, now time.Time) bool {
			return record.lost(now) && record.State.end(JobFailed, now, &replicaLost().Response)
		})
		return err
	}
	if s.runner.reserve() != nil {
		return nil // others may have room
	}
	claimed := false
	record, err = s.store.UpdateJob(ctx, key, func(record *JobRecord, now time.Time) bool {
		if claimed = record.lost(now); claimed {
			record.Owner, record.Leased, record.State = s.replica, now.Add(s.lease), JobState{Status: JobNotStarted}
		}
		return claimed
	})
	if err != nil || !claimed {
		s.runner.release()
		return err
	}
	s.logger.WarnContext(ctx, "taking over a job whose replica is gone", "tenantId", key.TenantID, "itemId", key.ItemID,
		"jobInstanceId", key.InstanceID, "jobType", record.JobType)
	s.begin(s.asCaller(ctx, record), item, record, run)
	return nil
}

func (j *JobRecord) lost(now time.Time) bool { return !j.State.Ended() && j.Leased.Before(now) }

func (j *JobRecord) mayRunAgain(handler ItemHandler) bool {
	if j.State.Status == JobNotStarted {
		return true
	}
	restarter, ok := handler.(Restarter)
	return ok && j.Runs < maxRuns && restarter.Restartable(j.JobType)
}

// asCaller is the context of a job that was taken over: with the user who started it, where its session can be resumed,
// else with who that was and no token.
func (s *Service) asCaller(ctx context.Context, record JobRecord) context.Context {
	if record.Session != "" {
		resumed, err := s.auth.Resume(ctx, record.Session)
		if err == nil {
			return resumed
		}
		s.log(ctx, "resuming the session of a job", err)
	}
	c := record.Caller
	return auth.WithCaller(ctx, &auth.Caller{TenantID: record.Key.TenantID, ObjectID: c.ObjectID, AppID: c.AppID,
		ActivityID: c.ActivityID, RequestID: c.RequestID})
}

func jobCaller(ctx context.Context) JobCaller {
	c, ok := auth.CallerFrom(ctx)
	if !ok {
		return JobCaller{}
	}
	return JobCaller{ObjectID: c.ObjectID, AppID: c.AppID, ActivityID: c.ActivityID, RequestID: c.RequestID}
}

func replicaLost() *apierror.Error {
	return apierror.New(http.StatusInternalServerError, apierror.InternalError,
		"The server that ran this job stopped in the middle of it. Start it again.").Permanent(false).Because(errLeaseLost)
}

func (s *Service) log(ctx context.Context, what string, err error) {
	if err != nil {
		s.logger.WarnContext(ctx, what+" failed", "error", err)
	}
}

// endSession forgets the session of a job that has ended.
func (s *Service) endSession(ctx context.Context, record JobRecord) {
	if record.Session == "" {
		return
	}
	if resumed, err := s.auth.Resume(ctx, record.Session); err == nil {
		s.auth.EndLongRunning(resumed)
	}
}

type jobKey struct{}

// runningJob is the job that a context belongs to.
type runningJob struct {
	service *Service
	key     JobKey
}

func (s *Service) withJob(ctx context.Context, key JobKey) context.Context {
	return context.WithValue(ctx, jobKey{}, runningJob{s, key})
}

// noteSession records the session of a job that has begun one, so that the job can go on on another replica.
func noteSession(ctx context.Context) {
	job, ok := ctx.Value(jobKey{}).(runningJob)
	id := auth.SessionID(ctx)
	if !ok || id == "" {
		return
	}
	_, err := job.service.store.UpdateJob(ctx, job.key, func(record *JobRecord, _ time.Time) bool {
		changed := record.Session != id
		record.Session = id
		return changed
	})
	job.service.log(ctx, "recording the session of a job", err)
}
