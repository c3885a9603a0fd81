package play

import (
	"context"
	"time"
)

// Schedule has a job of an item, by the full name of its type, run again and again, and gives the schedule's ID.
func (p *Person) Schedule(ctx context.Context, item, jobType string, every time.Duration) (id string, r Result) {
	p.page(ctx, &r, "scheduleArtifactJob",
		map[string]any{"artifactObjectId": item, "artifactJobType": jobType, "every": int(every / time.Second)})
	var made struct{ ID string }
	r.read(&made)
	return made.ID, r
}

// Unschedule drops a schedule.
func (p *Person) Unschedule(ctx context.Context, id string) Result {
	var r Result
	p.page(ctx, &r, "dropArtifactSchedule", map[string]any{"id": id})
	return r
}

// Due has a schedule's time come, and gives the ID of the run. Fabric starts it for who has made the schedule; nobody is
// there to be asked.
func (p *Person) Due(ctx context.Context, id string) (run string, r Result) {
	p.page(ctx, &r, "runArtifactSchedule", map[string]any{"id": id})
	var started struct {
		InstanceID string `json:"artifactJobInstanceId"`
	}
	r.read(&started)
	return started.InstanceID, r
}

// page makes a call of the portal's own page, which asks nobody for anything.
func (p *Person) page(ctx context.Context, r *Result, name string, fields any) {
	r.end(answered(p.host.page(ctx, p.User, name, fields)))
}
