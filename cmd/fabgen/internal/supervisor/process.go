package supervisor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Defaults and bounds of a Process.
const (
	defaultReadyTimeout = time.Minute
	defaultGrace        = 5 * time.Second
	readyInterval       = 50 * time.Millisecond // between two questions whether it is ready
	askTimeout          = 2 * time.Second       // of one such question
)

// Process is a program that runs until it is stopped. Name and Command are required.
type Process struct {
	Name string // such as backend, the same in events and log
	// Prepare runs before each start, while the process of before goes on.
	Prepare *Step
	Command Command
	// URL is where a person finds it, for events.
	URL string
	// Ready says whether it answers: nil where it does, otherwise why not. It is asked again and again, each time for two
	// seconds at most. Without it, a process is ready when it runs. See AnswersOK.
	Ready func(ctx context.Context) error
	// ReadyTimeout is how long it may take to answer before an event says that it is late. Default: a minute.
	ReadyTimeout time.Duration
	// Grace is how long it and all that it started may take to end before they are killed. Default: five seconds.
	Grace time.Duration
}

// Step is what is done before a process starts, such as building it.
type Step struct {
	Name string // such as go build
	// Needed says whether there is anything to do. Without it there always is.
	Needed func() (bool, error)
	// Run does it, prints to out, and stops when ctx ends. See Command.Run.
	Run func(ctx context.Context, out io.Writer) error
}

func (s *Step) needed() (bool, error) {
	if s.Needed == nil {
		return true, nil
	}
	return s.Needed()
}

// check says what is wrong with a process before it runs.
func (p Process) check() error {
	if p.Name == "" {
		return errors.New("a process has no name")
	}
	if len(p.Command.Args) == 0 {
		return fmt.Errorf("the process %s has no program", p.Name)
	}
	return nil
}

func (p Process) readyTimeout() time.Duration { return cmp.Or(p.ReadyTimeout, defaultReadyTimeout) }
func (p Process) grace() time.Duration        { return cmp.Or(p.Grace, defaultGrace) }

// AnswersOK gives what asks an address of this machine whether it answers with 200. It uses no proxy and follows no
// redirect.
func AnswersOK(url string) func(ctx context.Context) error {
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		if err := resp.Body.Close(); err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers with %s", url, resp.Status)
		}
		return nil
	}
}
