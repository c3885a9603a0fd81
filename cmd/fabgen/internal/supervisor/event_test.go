package supervisor_test

import (
	"errors"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

func TestEventsAsText(t *testing.T) {
	err, took := errors.New("exit status 1"), 3140*time.Millisecond
	for want, e := range map[string]supervisor.Event{
		"go build …":            {State: supervisor.Preparing, Step: "go build"},
		"go build took 3.1s":    {State: supervisor.Prepared, Step: "go build", Took: took},
		"started as process 12": {State: supervisor.Starting, PID: 12},
		"restarting":            {State: supervisor.Restarting},
		"ready after 3.1s":      {State: supervisor.Ready, Took: took},
		"ready at http://127.0.0.1:5000 after 3.1s":                               {State: supervisor.Ready, Took: took, URL: "http://127.0.0.1:5000"},
		"go build failed: exit status 1; it is tried again after the next change": {State: supervisor.Unprepared, Step: "go build", Err: err},
		"go build failed: exit status 1":                                          {State: supervisor.Unprepared, Step: "go build", Err: err, Ends: true},
		"not ready after 3.1s: exit status 1; it is asked on":                     {State: supervisor.Late, Took: took, Err: err},
		"exit status 1; it is started again after the next change":                {State: supervisor.Failed, Err: err},
		"stopping":      {State: supervisor.Stopping},
		"stopped":       {State: supervisor.Stopped},
		"exit status 1": {State: supervisor.Stopped, Err: err},
	} {
		if got := e.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
