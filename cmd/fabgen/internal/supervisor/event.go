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
		return fmt.Sprintf("%s failed: %v; it is tried again after the next change", e.Step, e.Err)
	case Starting:
		return fmt.Sprintf("started as process %d", e.PID)
	case Ready:
		if e.URL == "" {
			return fmt.Sprintf("ready after %s", took)
		}
		return fmt.Sprintf("ready at %s after %s", e.URL, took)
	case Late:
		return fmt.Sprintf("not ready after %s: %v; it is asked on", took, e.Err)
	case Failed:
		return fmt.Sprintf("%v; it is started again after the next change", e.Err)
	case Stopped:
		if e.Err != nil {
			return e.Err.Error()
		}
	}
	return string(e.State)
}
