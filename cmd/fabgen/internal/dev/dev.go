// Package dev runs a workload on this machine, as it is, in a local cloud: it supervises its processes, and serves the
// portal that shows it and the inspector that shows what they say to each other.
package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/doctor"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
	"github.com/fabgen/fabgen/generator/plan"
)

// Options say what to run. Dir, Cloud and Out are required.
type Options struct {
	Dir string // the workload's folder
	// Cloud says which workload it is, and where it keeps what it has. Run fills in where things are.
	Cloud local.Options
	// Frontend has the front-end and the portal run too, for which Node.js is needed.
	Frontend bool
	// Headless is for where nobody watches: Entra's pages answer themselves, and the first failure ends Run.
	Headless bool
	// Out takes the processes' log and what happens to them; Color and Quiet say how. Quiet leaves out all but failures.
	Out          io.Writer
	Color, Quiet bool
	// Ready is told once where everything is, when all of it answers. An error ends Run. It must not block.
	Ready func(Running) error
	// Play is called after Ready, and ends Run with its error. It is for stories, which begin with nothing: there are no
	// items, no roles, and Fabric does not call again. Default: Run goes on.
	Play func(context.Context, Running) error
	// Reconfigure is told what Settings tells, and says whether Run is to end for that, with ErrReconfigured. Its error
	// ends Run, too. What the processes say waits meanwhile, since it may ask. Default: fabgen.yaml is not watched.
	Reconfigure func(context.Context) (bool, error)
	// Settings watches fabgen.yaml, see WatchSettings. Required with Reconfigure. One for all Runs misses no change between
	// two of them.
	Settings *supervisor.Watcher
}

// WatchSettings knows the fabgen.yaml of a workload's folder as it is now.
func WatchSettings(dir string) *supervisor.Watcher {
	return supervisor.NewWatcher(supervisor.WatchOptions{Files: []string{filepath.Join(dir, plan.SourceFile)}})
}

// Running is what runs.
type Running struct {
	Addresses
	Cloud *local.Cloud
}

// ErrReconfigured ends Run where fabgen.yaml gives another workload now: it is to be called again.
var ErrReconfigured = errors.New("dev: the workload has changed")

// The names of the processes, which begin the lines of their log.
const (
	backend  = "back-end"
	frontend = "front-end"
	fabgen   = "fabgen"
)

// Run runs a workload until ctx ends or a signal says so. Then nothing of it is left.
func Run(ctx context.Context, o Options) error {
	s, err := newSession(o)
	if err != nil {
		return err
	}
	defer s.close()
	r := &run{Options: o, session: s, waiting: map[string]bool{backend: true, frontend: o.Frontend}}
	look := supervisor.LogOptions{Names: []string{fabgen, backend, frontend}, Color: o.Color, Secrets: []string{s.cloud.Entra.ClientSecret}}
	r.log = supervisor.NewLog(o.Out, look)
	r.told, r.own = r.log, r.log.Writer(fabgen)
	if o.Quiet { // a failure is told with the last lines of its process
		r.log = supervisor.NewLog(io.Discard, look)
	}
	for _, note := range s.notes {
		r.say("%s", note)
	}
	return r.supervise(ctx)
}

// run is Run under way.
type run struct {
	Options
	session *session
	log     *supervisor.Log       // of the processes
	told    *supervisor.Log       // of what is told in any case
	own     *supervisor.LogWriter // fabgen's own lines, in it
	group   *supervisor.Group
	waiting map[string]bool // processes that have not answered yet
	playing sync.WaitGroup
	ctx     context.Context // of what goes on beside the processes
	end     context.CancelCauseFunc
}

// over ends a run with an error, or with none.
type over struct{ error }

func (r *run) say(format string, args ...any) {
	if !r.Quiet {
		fmt.Fprintf(r.own, format+"\n", args...)
	}
}

func (r *run) supervise(parent context.Context) error {
	ctx, end := context.WithCancelCause(parent)
	defer end(nil)
	r.end, r.ctx = end, ctx
	processes, err := r.processes()
	if err != nil {
		return err
	}
	r.group, err = supervisor.NewGroup(supervisor.Options{Log: r.log, OnEvent: r.hear, FailFast: r.Headless,
		Signals: []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}}, processes...)
	if err != nil {
		return err
	}
	defer r.beside(ctx)()
	err = r.group.Run(ctx)
	end(nil)
	r.playing.Wait()
	return r.outcome(context.Cause(ctx), err)
}

// errInterrupted ends a story that somebody stopped: one that did not come to its end has not ended well.
var errInterrupted = fmt.Errorf("playing the story: %w", context.Canceled)

// outcome is how a run ended: as what ended it first says, or else as its processes did.
func (r *run) outcome(cause, processes error) error {
	var why *over
	switch {
	case errors.As(cause, &why):
		return why.error
	case processes == nil && r.Play != nil:
		return errInterrupted
	}
	return processes
}

// beside runs what goes on beside the processes; the function that it returns ends it.
func (r *run) beside(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	sources := supervisor.NewWatcher(supervisor.WatchOptions{Trees: []supervisor.Tree{{
		Root: filepath.Join(r.Dir, "backend"), Match: supervisor.GoSources,
	}}})
	var packages supervisor.WatchOptions // Vite sees all else
	for _, name := range []string{"package.json", "package-lock.json", "vite.config.ts"} {
		packages.Files = append(packages.Files, filepath.Join(r.Dir, "frontend", name))
	}
	modules := supervisor.NewWatcher(packages)
	tasks := []func(){
		func() { sources.Run(ctx, func([]string) { r.group.Restart(backend) }) },
		func() { modules.Run(ctx, func([]string) { r.group.Restart(frontend) }) },
	}
	if r.Reconfigure != nil {
		tasks = append(tasks, func() { r.Settings.Run(ctx, func([]string) { r.reconfigure(ctx) }) })
	}
	if r.Play == nil { // a story looks at its jobs itself
		tasks = append(tasks, func() { r.session.cloud.Items.Run(ctx) })
	}
	done := make(chan struct{})
	for _, task := range tasks {
		go func() {
			task()
			done <- struct{}{}
		}()
	}
	return func() {
		cancel()
		for range tasks {
			<-done
		}
	}
}

func (r *run) reconfigure(ctx context.Context) {
	release := r.log.Hold()
	changed, err := r.Reconfigure(ctx)
	release()
	switch {
	case err != nil:
		r.end(&over{err})
	case changed:
		r.say("fabgen.yaml has changed: everything starts again")
		r.end(&over{ErrReconfigured})
	}
}

// hear is told of each step of a process.
func (r *run) hear(e supervisor.Event) {
	if r.Quiet && len(e.Tail) > 0 {
		fmt.Fprintln(r.told.Writer(e.Process), strings.Join(e.Tail, "\n"))
	}
	if !r.Quiet || e.Err != nil {
		fmt.Fprintf(r.own, "%s: %v\n", e.Process, e)
	}
	if e.Process == backend {
		switch e.State {
		case supervisor.Ready:
			r.session.proxy.SetTarget(r.session.backendURL())
		case supervisor.Restarting, supervisor.Stopping, supervisor.Failed, supervisor.Stopped:
			r.session.proxy.SetTarget(nil)
		}
	}
	if e.State != supervisor.Ready || !r.waiting[e.Process] {
		return
	}
	r.waiting[e.Process] = false
	if !r.waiting[backend] && !r.waiting[frontend] {
		r.ready(Running{Addresses: r.session.Addresses, Cloud: r.session.cloud})
	}
}

func (r *run) ready(running Running) {
	if r.Ready != nil {
		if err := r.Ready(running); err != nil {
			r.end(&over{err})
			return
		}
	}
	if r.Play != nil {
		r.playing.Go(func() { r.end(&over{r.Play(r.ctx, running)}) })
	}
}

func (r *run) processes() ([]supervisor.Process, error) {
	back, err := r.backendProcess()
	if err != nil || !r.Frontend {
		return []supervisor.Process{back}, err
	}
	return []supervisor.Process{back, r.frontendProcess()}, nil
}

func (r *run) backendProcess() (supervisor.Process, error) {
	url := r.session.backendURL()
	env, err := r.session.cloud.Environ(os.Environ(), map[string]string{"LISTEN_ADDR": url.Host, "LOG_FORMAT": "text"})
	if err != nil {
		return supervisor.Process{}, err
	}
	folder := filepath.Join(r.Dir, "backend")
	binary, err := filepath.Abs(supervisor.Executable(filepath.Join(r.Cloud.StateDir, "server")))
	if err != nil {
		return supervisor.Process{}, err
	}
	return supervisor.Process{
		Name: backend, URL: r.session.Backend, Ready: supervisor.AnswersOK(url.String() + "/readyz"), Grace: 5 * time.Second,
		Prepare: local.GoBuild(folder, binary).Step(),
		Command: supervisor.Command{Args: []string{binary}, Dir: folder, Env: env},
	}, nil
}

func (r *run) frontendProcess() supervisor.Process {
	folder := filepath.Join(r.Dir, "frontend")
	env := supervisor.Environ(os.Environ(), map[string]string{
		"VITE_FRONTEND_URL": r.session.Frontend, "VITE_API_URL": r.session.Backend + "/api",
		"VITE_REDIRECT_URI": r.session.cloud.RedirectURI(),
	}, "FABRIC_*", "VITE_*", "NODE_ENV")
	npm := supervisor.NPM{Dir: folder, Env: env, Satisfies: doctor.Satisfies}
	return supervisor.Process{
		Name: frontend, URL: r.session.Frontend, Prepare: npm.Step(), Ready: supervisor.AnswersOK(r.session.Frontend + "/"),
		Command: supervisor.Command{Dir: folder, Env: env, Args: []string{"node", "node_modules/vite/bin/vite.js",
			"--port", strconv.Itoa(portOf(r.session.Frontend, 0)), "--strictPort", "--clearScreen", "false"}},
	}
}
