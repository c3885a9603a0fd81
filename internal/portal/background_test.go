package portal_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

const jobType = "Org.Example.Note.Sum"

// inBackground runs a test with a Fabric that follows jobs each two seconds, in time of its own.
func inBackground(t *testing.T, test func(t *testing.T, b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.fabric.Run(ctx)
		}()
		test(t, b)
		cancel()
		<-done
	})
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (b *bench) run(id string) string {
	b.t.Helper()
	got := b.resolved("runArtifactJob", fmt.Sprintf(`{"artifactObjectId":%q,"artifactJobType":%q,"payload":{}}`, id, jobType))
	return got["artifactJobInstanceId"].(string)
}

// jobs is what the page sees of the runs: each one's status, and whether a schedule has started it.
func (b *bench) jobs() string {
	b.t.Helper()
	out := ""
	for _, j := range b.resolved("/state", `{}`)["jobs"].([]any) {
		j := j.(map[string]any)
		out += j["statusString"].(string)
		if j["jobDefinitionObjectId"] != nil {
			out += "*"
		}
		out += " "
	}
	return strings.TrimSpace(out)
}

func (b *bench) notes() string {
	b.t.Helper()
	out := ""
	for _, n := range b.resolved("/state", `{"after":0}`)["notes"].([]any) {
		n := n.(map[string]any)
		out += fmt.Sprintf("%v:%v:%v;", n["title"], n["code"], n["requestId"])
	}
	return out
}

func (b *bench) end(status string) {
	b.backend.mu.Lock()
	defer b.backend.mu.Unlock()
	for path := range b.backend.jobs {
		b.backend.jobs[path] = status
	}
}

func (b *bench) calls(part string) int {
	b.backend.mu.Lock()
	defer b.backend.mu.Unlock()
	n := 0
	for _, c := range b.backend.calls {
		if strings.Contains(c, part) {
			n++
		}
	}
	return n
}

func TestJobsAreFollowed(t *testing.T) {
	inBackground(t, func(t *testing.T, b *bench) {
		id := b.create("First")
		run := b.run(id)
		pass(5 * time.Second)
		if got := b.jobs(); got != "InProgress" {
			t.Errorf("the jobs are %s", got)
		}
		if n := b.calls("GET " + run); n < 2 || n > 3 {
			t.Errorf("in five seconds it was asked for %d times", n)
		}
		b.end("Completed")
		pass(3 * time.Second)
		asked := b.calls("GET " + run)
		pass(time.Minute)
		if got := b.jobs(); got != "Completed" || b.calls("GET "+run) != asked {
			t.Errorf("the jobs are %s, and ended ones are asked for", got)
		}
		if got := b.notes(); got != "Sum of First is completed:<nil>:<nil>;" {
			t.Errorf("the notes are %s", got)
		}
	})
}

// A workload that is away for a while loses no job; one that does not know the job has failed it.
func TestStatesThatAreNotTold(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		after  time.Duration
		want   string
	}{
		"away":         {503, 30 * time.Second, "InProgress"},
		"away forever": {503, 20 * time.Minute, "Failed"},
		"not known":    {404, 3 * time.Second, "Failed"},
	} {
		t.Run(name, func(t *testing.T) {
			inBackground(t, func(t *testing.T, b *bench) {
				b.run(b.create("First"))
				pass(3 * time.Second)
				b.backend.mu.Lock()
				b.backend.fail = func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("RequestId", "the-id")
					w.WriteHeader(c.status)
					_, _ = io.WriteString(w, `{"errorCode":"Gone","message":"gone"}`)
				}
				b.backend.mu.Unlock()
				pass(c.after)
				if got := b.jobs(); got != c.want {
					t.Errorf("the jobs are %s, want %s", got, c.want)
				}
				notes := b.notes()
				if c.status == 503 && !strings.Contains(notes, "is not known:Gone:the-id;") || strings.Count(notes, "not known") > 1 {
					t.Errorf("the notes are %s", notes)
				}
				if c.want == "Failed" && !strings.Contains(notes, "Sum of First has failed:JobStateUnknown") {
					t.Errorf("the notes are %s", notes)
				}
			})
		})
	}
}

func TestSchedules(t *testing.T) {
	inBackground(t, func(t *testing.T, b *bench) {
		id := b.create("First")
		add := func(every int) (string, map[string]any) {
			return b.call("/scheduleArtifactJob", fmt.Sprintf(`{"artifactObjectId":%q,"artifactJobType":%q,"every":%d}`, id, jobType, every))
		}
		for _, every := range []int{0, -1, 24*60*60 + 1} {
			if kind, got := add(every); kind != "reject" {
				t.Errorf("each %d seconds: %v", every, got)
			}
		}
		_, made := add(10)
		pass(9 * time.Second)
		if got := b.jobs(); got != "" {
			t.Errorf("before its time there are %s", got)
		}
		pass(2 * time.Second)
		if got := b.jobs(); got != "InProgress*" {
			t.Errorf("in its time there are %s", got)
		}
		if b.calls(`subject=u tenant=tenant-of-u invoke="Scheduled"`) != 1 {
			t.Errorf("the back-end was called %q", b.backend.calls)
		}
		pass(20 * time.Second)
		if got := b.jobs(); got != "InProgress*" {
			t.Errorf("while a run goes on there are %s", got)
		}
		b.end("Completed")
		pass(12 * time.Second)
		if got := b.jobs(); got != "Completed* InProgress*" {
			t.Errorf("after it has ended there are %s", got)
		}
		b.end("Completed")
		pass(3 * time.Second)
		b.backend.mu.Lock()
		b.backend.fail = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
		b.backend.mu.Unlock()
		pass(11 * time.Second)
		if got := b.notes(); !strings.Contains(got, "A scheduled run of Sum of First did not start") {
			t.Errorf("the notes are %s", got)
		}
		b.resolved("/dropArtifactSchedule", fmt.Sprintf(`{"id":%q}`, made["id"]))
		if kind, _ := b.call("/dropArtifactSchedule", fmt.Sprintf(`{"id":%q}`, made["id"])); kind != "reject" {
			t.Error("a schedule is dropped twice")
		}
		if got := b.resolved("/state", `{}`)["schedules"].([]any); len(got) != 0 {
			t.Errorf("there are the schedules %v", got)
		}
	})
}

// A schedule's time can be made to come, as long as its last run has ended.
func TestRunningSchedulesAtOnce(t *testing.T) {
	inBackground(t, func(t *testing.T, b *bench) {
		id := b.create("First")
		made := b.resolved("/scheduleArtifactJob", fmt.Sprintf(`{"artifactObjectId":%q,"artifactJobType":%q,"every":86400}`, id, jobType))
		run := func() (string, string) {
			kind, got := b.call("/runArtifactSchedule", fmt.Sprintf(`{"id":%q}`, made["id"]))
			return kind, fmt.Sprint(got)
		}
		if kind, got := run(); kind != "resolve" {
			t.Errorf("it is not run: %s", got)
		}
		if b.calls(`subject=u tenant=tenant-of-u invoke="Scheduled"`) != 1 || b.jobs() != "NotStarted*" {
			t.Errorf("there are %s after the calls %q", b.jobs(), b.backend.calls)
		}
		if kind, got := run(); kind != "reject" || !strings.Contains(got, "JobAlreadyRunning") {
			t.Errorf("while it runs it gives %s %s", kind, got)
		}
		b.end("Completed")
		if kind, got := run(); kind != "resolve" {
			t.Errorf("it is not run again: %s", got)
		}
		if kind, got := b.call("/runArtifactSchedule", `{"id":"none"}`); kind != "reject" || !strings.Contains(fmt.Sprint(got), "ScheduleNotFound") {
			t.Errorf("none gives %s %v", kind, got)
		}
	})
}

// What an item had goes with it; on nobody's behalf, no user's token comes along, and the tenant is that of its maker.
func TestDeleteAsFabric(t *testing.T) {
	var told []string
	b := newBench(t, func(f *portal.Fabric) {
		f.OnItem = func(_ fabrictest.Item, name string, gone bool) { told = append(told, fmt.Sprint(name, " ", gone)) }
	})
	id := b.create("First")
	b.run(id)
	b.resolved("updateArtifact", fmt.Sprintf(`{"objectId":%q,"payload":{"displayName":"Renamed"}}`, id))
	b.resolved("/scheduleArtifactJob", fmt.Sprintf(`{"artifactObjectId":%q,"artifactJobType":%q,"every":10}`, id, jobType))
	b.resolved("/deleteAsFabric", fmt.Sprintf(`{"objectId":%q}`, id))
	if b.calls("DELETE "+id+" subject= tenant=tenant-of-u") != 1 {
		t.Errorf("the back-end was called %q", b.backend.calls)
	}
	state := b.resolved("/state", `{}`)
	for _, kind := range []string{"artifacts", "jobs", "schedules"} {
		if len(state[kind].([]any)) != 0 {
			t.Errorf("there are the %s %v", kind, state[kind])
		}
	}
	if want := []string{"First false", "Renamed false", "Renamed true"}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
	if kind, _ := b.call("/deleteAsFabric", fmt.Sprintf(`{"objectId":%q}`, id)); kind != "reject" {
		t.Error("an item is deleted twice")
	}
}

func TestEndedRunsAreBounded(t *testing.T) {
	b := newBench(t)
	id := b.create("First")
	for range 60 {
		b.run(id)
		b.end("Completed")
		b.resolved("getArtifactJobHistory", fmt.Sprintf(`{"objectId":%q}`, id))
	}
	if n := len(strings.Fields(b.jobs())); n > 51 {
		t.Errorf("%d runs are kept", n)
	}
}
