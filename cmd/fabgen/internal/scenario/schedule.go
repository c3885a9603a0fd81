package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// schedule is one that a story has made.
type schedule struct {
	id, job string
	of      *item
	by      *play.Person
}

// farOff is so long that no schedule's time comes of itself while a story is played.
const farOff = 24 * time.Hour

// schedule makes a schedule, has its time come, or drops it.
func (s *show) schedule(ctx context.Context, p *play.Person, step *Step, done *StepResult) {
	switch {
	case step.Schedule != nil:
		of := s.items[step.Schedule.Of]
		done.Step = fmt.Sprintf("%s schedules %s of %s as %s", s.who, step.Schedule.Job, step.Schedule.Of, step.Schedule.As)
		made := &schedule{job: step.Schedule.Job, of: of, by: p}
		made.id, done.Result = p.Schedule(ctx, of.id, of.typeName+"."+step.Schedule.Job, farOff)
		s.schedules[step.Schedule.As] = made
		s.names.name(made.id, step.Schedule.As)
	case step.Due != nil:
		due := s.schedules[step.Due.Schedule]
		done.Step = fmt.Sprintf("%s is due: Fabric runs %s as %s", step.Due.Schedule, due.job, step.Due.As)
		started := &run{of: due.of}
		started.id, done.Result = due.by.Due(ctx, due.id)
		s.runs[step.Due.As] = started
		s.names.name(started.id, step.Due.As)
	case step.Unschedule != nil:
		dropped := s.schedules[step.Unschedule.Schedule]
		done.Step = fmt.Sprintf("%s drops the schedule %s", s.who, step.Unschedule.Schedule)
		done.Result = p.Unschedule(ctx, dropped.id)
		if done.OK() {
			delete(s.schedules, step.Unschedule.Schedule)
		}
	}
	done.Body = nil
}

// role gives somebody a role. Until a story does, roles do not matter; from then on they do for all.
func (s *show) role(r *Role, done *StepResult) error {
	done.Step = fmt.Sprintf("%s has the role %s in the workspace", r.Of, r.Role)
	role := fabrictest.Role(r.Role)
	if r.Role == localentra.NoRole {
		done.Step, role = r.Of+" has no role in the workspace", ""
	}
	user, err := s.userID(r.Of)
	if err != nil {
		return err
	}
	if !s.roles {
		s.roles = true
		s.Cloud.ResetRoles()
	}
	s.Cloud.SetRole(user, role)
	return nil
}
