package portal

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Bounds of schedules.
const (
	shortestEvery = 1
	longestEvery  = 24 * 60 * 60 // seconds
	maxSchedules  = 100
)

// schedule has a job run again and again, for the user who made it.
type schedule struct {
	id      string
	item    fabrictest.Item
	jobType string
	user    string
	every   time.Duration
	next    time.Time
	last    *job // its last run
}

// scheduleFields are a schedule as the page sees it.
type scheduleFields struct {
	ID         string `json:"id"`
	ArtifactID string `json:"artifactObjectId"`
	JobType    string `json:"artifactJobType"`
	User       string `json:"user"`
	Every      int    `json:"every"` // seconds
	Next       string `json:"next"`  // in UTC
}

func (s *schedule) fields() scheduleFields {
	return scheduleFields{ID: s.id, ArtifactID: s.item.ID, JobType: s.jobType, User: s.user, Every: int(s.every / time.Second),
		Next: s.next.UTC().Format(time.RFC3339)}
}

type addScheduleFields struct {
	ArtifactObjectID string `json:"artifactObjectId"`
	ArtifactJobType  string `json:"artifactJobType"`
	Every            int    `json:"every"`
}

// addSchedule is the page's own call. The job runs first when the time between two runs is over.
func (f *Fabric) addSchedule(_ context.Context, user string, fields addScheduleFields) (any, error) {
	i, err := f.find(user, fields.ArtifactObjectID)
	switch {
	case err != nil:
		return nil, err
	case fields.Every < shortestEvery || fields.Every > longestEvery:
		return nil, rejectf(http.StatusBadRequest, "InvalidSchedule", "a job may run each %d to %d seconds", shortestEvery, longestEvery)
	case fields.ArtifactJobType == "":
		return nil, rejectf(http.StatusBadRequest, "InvalidSchedule", "there is no job to run")
	}
	every := time.Duration(fields.Every) * time.Second
	made := &schedule{id: fabrictest.NewID(), item: i.Item, jobType: fields.ArtifactJobType, user: user, every: every,
		next: time.Now().Add(every)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.schedules) >= maxSchedules {
		return nil, rejectf(http.StatusForbidden, "TooManySchedules", "there are %d schedules; drop one first", maxSchedules)
	}
	f.schedules = append(f.schedules, made)
	f.save()
	return made.fields(), nil
}

// aSchedule names one.
type aSchedule struct {
	ID string `json:"id"`
}

// dropSchedule is the page's own call.
func (f *Fabric) dropSchedule(_ context.Context, _ string, fields aSchedule) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := len(f.schedules)
	f.schedules = slices.DeleteFunc(f.schedules, func(s *schedule) bool { return s.id == fields.ID })
	if len(f.schedules) == before {
		return nil, rejectf(http.StatusNotFound, "ScheduleNotFound", "there is no such schedule")
	}
	f.save()
	return map[string]any{"success": true}, nil
}

// due gives the schedules whose time has come, and when the next one's comes. A schedule whose last run has not ended
// waits for another of its times, as Fabric's default de-duplication of jobs has it.
func (f *Fabric) due(now time.Time) []*schedule {
	f.mu.Lock()
	defer f.mu.Unlock()
	var due []*schedule
	for _, s := range f.schedules {
		if s.next.After(now) {
			continue
		}
		s.next = now.Add(s.every)
		if s.last == nil || s.last.state.ended() {
			due = append(due, s)
		}
	}
	return due
}

// job is the next run of a schedule's job.
func (s *schedule) job() *job {
	return &job{Job: fabrictest.Job{Item: s.item, Type: s.jobType}, user: s.user, schedule: s.id}
}

// runScheduled starts a schedule's job.
func (f *Fabric) runScheduled(ctx context.Context, s *schedule) {
	j := s.job()
	started, err := f.start(ctx, j, map[string]any{})
	if ctx.Err() != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.tell(failure("A scheduled run of "+f.jobTitle(j)+" did not start", err, s.user))
		return
	}
	s.last = started
}

// runSchedule has a schedule's time come at once, for stories, which do not wait for it.
func (f *Fabric) runSchedule(ctx context.Context, user string, fields aSchedule) (any, error) {
	s, last, err := f.findSchedule(user, fields.ID)
	if err == nil && last != nil {
		err = f.poll(ctx, last)
	}
	if err != nil {
		return nil, err
	}
	if !f.claim(s, last) {
		return nil, rejectf(http.StatusConflict, "JobAlreadyRunning", "the schedule's last run has not ended")
	}
	started, err := f.start(ctx, s.job(), map[string]any{})
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s.last = started
	return started.fields(), nil
}

// findSchedule gives a schedule of an item that the user sees, and its last run, if any.
func (f *Fabric) findSchedule(user, id string) (*schedule, *job, error) {
	f.mu.Lock()
	at := slices.IndexFunc(f.schedules, func(s *schedule) bool { return s.id == id })
	if at < 0 {
		f.mu.Unlock()
		return nil, nil, rejectf(http.StatusNotFound, "ScheduleNotFound", "there is no such schedule")
	}
	s, last := f.schedules[at], f.schedules[at].last
	f.mu.Unlock()
	_, err := f.find(user, s.item.ID)
	return s, last, err
}

// claim says whether a schedule may run now, and if so, puts its next time off. It may not where its last run goes on,
// or another one came meanwhile.
func (f *Fabric) claim(s *schedule, last *job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.last != last || last != nil && !last.state.ended() {
		return false
	}
	s.next = time.Now().Add(s.every)
	return true
}
