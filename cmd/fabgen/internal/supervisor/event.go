package supervisor

import (
	"errors"
	"fmt"
	"time"
)

// State is what an Event tells of.
type State string

// The states of a process.
const (
	Preparing  State = "preparing"  // its Step runs
	Prepared   State = "prepared"   // its Step is done
	Unprepared State = "unprepared" // its Step failed; the process of before runs on, if there is one
	Starting   State = "starting"   // it runs
	Restarting State = "restarting" // the process of before is stopped, since there is a newer one
	Ready      State = "ready"      // it answers
	Late       State = "late"       // it did not answer in time; it is asked on
	Failed     State = "failed"     // it could not be started, or ended by itself
	Stopping   State = "stopping"   // it is asked to end
	Stopped    State = "stopped"    // it is gone
)

// Event is a step in the life of a process.
type Event struct {
	Process string
	State   State
	Step    string        // the name of the Step, of Preparing, Prepared and Unprepared
	Took    time.Duration // what Prepared, Unprepared, Ready and Late took
	URL     string        // where it is, of Ready
	PID     int           // of Starting
	Err     error         // of Unprepared, Late, Failed and, where something did not end, Stopped
	Ends    bool          // with Err: it ends the whole Group, as Options.FailFast wants
	Tail    []string      // the last lines that it or its Step printed, of Unprepared and Failed
}

// Errors of events.
var (
	// ErrEnded is of a process that ended although nobody asked it to.
	ErrEnded = errors.New("it ended by itself")
	// ErrNotReady is of a process that did not answer in time.
	ErrNotReady = errors.New("it does not answer yet")
)

// String tells an event to a person, without the name of the process.
func (e Event) String() string {
	took := e.Took.Round(100 * time.Millisecond)
	switch e.State {
	case Preparing:
		return e.Step + " …"
	case Prepared:
		return fmt.Sprintf("%s took %s", e.Step, took)
	case Unprepared:
		return fmt.Sprintf("%s failed: %v%s", e.Step, e.Err, e.unless("; it is tried again after the next change"))
	case Starting:
		return fmt.Sprintf("started as process %d", e.PID)
	case Ready:
		return fmt.Sprintf("ready%s after %s", e.where(), took)
	case Late:
		return fmt.Sprintf("not ready after %s: %v%s", took, e.Err, e.unless("; it is asked on"))
	case Failed:
		return fmt.Sprintf("%v%s", e.Err, e.unless("; it is started again after the next change"))
	case Stopped:
		if e.Err != nil {
			return e.Err.Error()
		}
	}
	return string(e.State)
}

// unless is what happens next, unless the event ends everything.
func (e Event) unless(next string) string {
	if e.Ends {
		return ""
	}
	return next
}

func (e Event) where() string {
	if e.URL == "" {
		return ""
	}
	return " at " + e.URL
}
