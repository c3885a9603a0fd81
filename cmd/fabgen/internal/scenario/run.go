package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/generator/model"
)

// Stage is where stories are played. All of it is required.
type Stage struct {
	Model *model.Model
	// Cloud is unattended: its people answer as their seed says.
	Cloud *local.Cloud
	// URL is the back-end's origin.
	URL string
}

// Result is what became of a story.
type Result struct {
	Steps  []StepResult `json:"steps"`
	Failed *Failure     `json:"failed,omitempty"` // the first step that did not end as it must; none after it is played
}

// StepResult is what became of a step.
type StepResult struct {
	Line int    `json:"line"`
	Step string `json:"step"` // what happened, in words
	play.Result
	Job string `json:"job,omitempty"` // how a run ended
}

// Failure is a step that did not end as it must.
type Failure struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Step  string `json:"step"`
	What  string `json:"what"` // outcome, status, code, asked, retryAfter or job
	Want  string `json:"want"`
	Found string `json:"found"`
	Look  string `json:"look"` // where to go on
}

// Error is it in lines for a person.
func (f *Failure) Error() string {
	return fmt.Sprintf("%s:%d: %s\n  %s: want %s, found %s\n  %s", f.File, f.Line, f.Step, f.What, f.Want, f.Found, f.Look)
}

// stepTime bounds a step that does not say otherwise.
const stepTime = 30 * time.Second

// time bounds a step. A pause is as long as it says.
func (s *Step) time() time.Duration {
	switch {
	case s.Within != nil:
		return s.Within.Duration
	case s.Pause != nil:
		return stepTime + s.Pause.Duration
	}
	return stepTime
}

// Run plays a story and writes its transcript as it goes. It begins with nobody's consent but the seed's and with no
// fault, and ends so; what it made is deleted. Its error is one of the stage, of writing, or of ctx: a step that ends
// otherwise than it must is in the Result.
func Run(ctx context.Context, stage Stage, story *Story, transcript io.Writer) (*Result, error) {
	player, err := play.New(stage.Cloud, stage.URL)
	if err != nil {
		return nil, fmt.Errorf("playing %s: %w", story.File, err)
	}
	s := &show{Stage: stage, player: player, names: newNames(stage), people: map[string]*play.Person{},
		items: map[string]*item{}, runs: map[string]*run{}, schedules: map[string]*schedule{}}
	s.reset()
	defer s.end(ctx)
	result := &Result{}
	for i := range story.Steps {
		step := &story.Steps[i]
		done, err := s.play(ctx, step)
		if err = cmp.Or(err, ctx.Err()); err == nil { // a step that was cut short has not ended as it must
			result.Steps = append(result.Steps, *done)
			_, err = io.WriteString(transcript, s.tell(i+1, done))
		}
		if err != nil {
			return result, fmt.Errorf("playing %s:%d: %w", story.File, step.Line, err)
		}
		if result.Failed = s.judge(story, step, done); result.Failed != nil {
			return result, nil
		}
	}
	return result, nil
}

// show is a story that is played.
type show struct {
	Stage
	player *play.Player
	people map[string]*play.Person // by user name
	items  map[string]*item        // by what the story calls them
	made   []*item                 // all, in their order
	runs   map[string]*run
	proofs []proof
	names  *names

	schedules map[string]*schedule
	roles     bool // whether roles matter
	who       string
}

type item struct {
	id, typeName string
	by           string // who made it
	gone         bool
}

type run struct {
	id string
	of *item
}

type proof struct{ user, uri string }

// play plays a step.
func (s *show) play(ctx context.Context, step *Step) (*StepResult, error) {
	ctx, cancel := context.WithTimeout(ctx, step.time())
	defer cancel()
	if step.Who != "" {
		s.who = step.Who
	}
	done := &StepResult{Line: step.Line}
	if !step.acts() {
		return done, s.arrange(ctx, step, done)
	}
	person, err := s.person(s.who)
	if err != nil {
		return done, err
	}
	person.Reset()
	s.act(ctx, person, step, done)
	return done, nil
}

// person is who acts, with their front-end open since they first did.
func (s *show) person(name string) (*play.Person, error) {
	if p := s.people[name]; p != nil {
		return p, nil
	}
	id, err := s.userID(name)
	if err != nil {
		return nil, err
	}
	s.people[name] = s.player.Person(id)
	return s.people[name], nil
}

func (s *show) userID(name string) (string, error) {
	for _, p := range s.Cloud.Entra.People() {
		if userName(p) == name {
			return p.ID, nil
		}
	}
	return "", fmt.Errorf("the local Entra knows no user %s: it was started with another seed than the story was read with",
		name)
}

// judge compares how a step ended with what it expects.
func (s *show) judge(story *Story, step *Step, done *StepResult) *Failure {
	if !step.acts() {
		return nil
	}
	what, want, found := mismatch(step, done)
	if what == "" {
		return nil
	}
	look := "the transcript above, and the back-end's log"
	if done.RequestID != "" {
		look = "the lines with RequestId " + done.RequestID + " in the back-end's log"
	}
	if done.Detail != "" {
		look = "the answer says: " + done.Detail + "; see " + look
	}
	return &Failure{File: story.File, Line: step.Line, Step: done.Step, What: what, Want: want, Found: found, Look: look}
}

func mismatch(step *Step, done *StepResult) (what, want, found string) {
	e := step.Expect
	if step.Wait != nil && done.Job != step.Wait.For {
		return "job", step.Wait.For, orNothing(done.Job)
	}
	switch {
	case e == nil && !done.OK():
		return "outcome", "one that is ok (no expect says otherwise)", done.Outcome
	case e == nil:
		return "", "", ""
	case e.Outcome != "" && e.Outcome != done.Outcome:
		return "outcome", e.Outcome, done.Outcome
	case e.Status != 0 && e.Status != done.Status:
		return "status", fmt.Sprint(e.Status), fmt.Sprint(done.Status)
	case e.Code != "" && e.Code != done.Code && e.Code != done.EntraCode:
		return "code", e.Code, orNothing(strings.TrimSpace(done.Code + " " + done.EntraCode))
	case e.RetryAfter != "" && e.RetryAfter != done.RetryAfter:
		return "retryAfter", e.RetryAfter, orNothing(done.RetryAfter)
	case e.Asked != nil && !slices.Equal(*e.Asked, asked(done.Asked)):
		return "asked", fmt.Sprint(*e.Asked), fmt.Sprint(asked(done.Asked))
	case e.Outcome == "" && e.Status == 0 && e.Code == "" && !done.OK():
		return "outcome", "one that is ok (expect says nothing else)", done.Outcome
	}
	return "", "", ""
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// asked puts windows into the words of expect.
func asked(windows []play.Ask) []string {
	out := []string{}
	for _, w := range windows {
		if w.MFA {
			out = append(out, "MFA")
		} else {
			out = append(out, "consent")
		}
	}
	return out
}

// reset takes back what a story, or somebody before it, has arranged.
func (s *show) reset() {
	entra, fabric := s.Cloud.Entra, s.Cloud.Fabric
	entra.ForgetFaults()
	entra.Throttle(0, 0)
	entra.SetOutage(false)
	entra.ExpireSecret(false)
	entra.RevokeConsent()
	for _, p := range entra.People() {
		entra.SetProven(p.ID, false)
	}
	for _, p := range s.proofs {
		_ = entra.RequireProof(p.user, p.uri, false) // it was known a moment ago
	}
	s.proofs = nil
	fabric.Throttle(0, 0)
	fabric.SetOutage(false)
	fabric.ThrottleOneLake(0, 0)
	fabric.SetOneLakeOutage(false)
	s.Cloud.ForgetRoles()
}

// endTime bounds what is done when a story is over.
const endTime = 10 * time.Second

// end deletes what the story has made and puts the cloud back.
func (s *show) end(ctx context.Context) {
	s.reset()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	for _, schedule := range s.schedules {
		schedule.by.Unschedule(ctx, schedule.id) // where Fabric has not dropped it with its item
	}
	for _, i := range slices.Backward(s.made) {
		if p := s.people[i.by]; !i.gone && p != nil {
			p.Delete(ctx, i.id)
		}
	}
}

var errUnknownResource = errors.New("fabgen.yaml has no such resource")
