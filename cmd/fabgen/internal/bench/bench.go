// Package bench builds a workload's back-end and runs it against a local cloud of its own, for tests of its flows.
package bench

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
	"github.com/fabgen/fabgen/generator/model"
	"github.com/fabgen/fabgen/generator/registration"
	"github.com/fabgen/fabgen/generator/render"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Options say which back-end to run. Dir, Model and Env are required.
type Options struct {
	Dir   string // the workload's folder
	Model *model.Model
	Env   *model.Environment
	// Binary is the back-end where it is built already. Default: it is built from Dir/backend.
	Binary string
	// Seed is who there is. Default: localentra.DefaultSeed.
	Seed *localentra.Seed
	// OnEvent and OnCall are told of what the cloud is asked, as of local.Options.
	OnEvent func(localentra.Event)
	OnCall  func(fabrictest.Call)
}

// Bench is a back-end that runs, and its cloud. Close it.
type Bench struct {
	Cloud *local.Cloud
	URL   string // the back-end's origin

	options Options
	dir     string // for what is kept until Close
	log     *buffer
	end     func()        // ends the back-end; nil where none was started
	exited  chan struct{} // closed when it is gone, with all that it has started
	why     error         // why it has, for those who have seen exited close
}

// portal is where the local portal would be: nobody listens there.
const portal = "http://localhost:60100"

// Start builds the back-end, starts it beside a cloud and waits until it is ready. What keeps it from that is in the
// error, with the last lines that it said.
func Start(ctx context.Context, o Options) (*Bench, error) {
	dir, err := os.MkdirTemp("", "fabgen-test-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the test: %w", err)
	}
	b := &Bench{options: o, dir: dir, log: &buffer{}}
	for _, start := range []func(context.Context) error{b.build, b.startCloud, b.startBackend} {
		if err := start(ctx); err != nil {
			b.Close()
			return nil, err
		}
	}
	return b, nil
}

// Logs is all that the back-end has said.
func (b *Bench) Logs() string { return b.log.String() }

// Restart ends the back-end, starts it again with the same settings and data, and waits until it is ready.
func (b *Bench) Restart(ctx context.Context) error {
	b.stop()
	return b.startBackend(ctx)
}

// Close stops everything and removes what was kept.
func (b *Bench) Close() {
	b.stop()
	if b.Cloud != nil {
		b.Cloud.Close()
	}
	_ = os.RemoveAll(b.dir) // of the system's folder for such things
}

func (b *Bench) stop() {
	if b.end == nil {
		return
	}
	b.end()
	<-b.exited
	b.end = nil
}

func (b *Bench) build(ctx context.Context) error {
	o := b.options
	if o.Binary != "" {
		return nil
	}
	folder := filepath.Join(o.Dir, "backend")
	var said bytes.Buffer
	if err := local.GoBuild(folder, b.binary()).Run(ctx, &said); err != nil {
		return fmt.Errorf("building the back-end in %s: %w\n%s", folder, err, strings.TrimSpace(said.String()))
	}
	return nil
}

func (b *Bench) binary() string {
	if b.options.Binary != "" {
		return b.options.Binary
	}
	return filepath.Join(b.dir, "server.exe") // a name that every system runs
}

func (b *Bench) startCloud(context.Context) error {
	o := b.options
	body, err := render.One(o.Model, "entra/application.json", o.Env)
	if err != nil {
		return err
	}
	app, err := registration.Parse(body)
	if err != nil {
		return err
	}
	port, _, err := (&supervisor.Ports{}).Free("back-end", 0)
	if err != nil {
		return err
	}
	b.URL = "http://127.0.0.1:" + strconv.Itoa(port)
	b.Cloud, err = local.Start(local.Options{
		Model: o.Model, Env: o.Env, Registration: app, RootDir: filepath.Join(b.dir, "root"), StateDir: filepath.Join(b.dir, "state"),
		Backend: b.URL, Frontend: o.Env.FrontendOrigin(), Portal: portal, Seed: o.Seed, Unattended: true,
		OnEvent: o.OnEvent, OnCall: o.OnCall,
	})
	return err
}

func (b *Bench) startBackend(ctx context.Context) error {
	env, err := b.Cloud.Environ(os.Environ(), map[string]string{
		"LISTEN_ADDR": strings.TrimPrefix(b.URL, "http://"), "LOG_FORMAT": "json", "LOG_LEVEL": "info",
	})
	if err != nil {
		return err
	}
	cmd := supervisor.Command{Args: []string{b.binary()}, Dir: filepath.Join(b.options.Dir, "backend"), Env: env}
	living, end := context.WithCancel(context.WithoutCancel(ctx))
	b.end, b.exited = end, make(chan struct{})
	go func() {
		defer close(b.exited)
		b.why = cmp.Or(cmd.Run(living, b.log), supervisor.ErrEnded)
	}()
	return b.waitReady(ctx)
}

// readyTime is how long the back-end may take to get ready.
const readyTime = 30 * time.Second

func (b *Bench) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	ready := supervisor.AnswersOK(b.URL + "/readyz")
	for ready(ctx) != nil {
		select {
		case <-b.exited:
			return b.failed(b.why)
		case <-ctx.Done():
			return b.failed(ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func (b *Bench) failed(why error) error {
	return fmt.Errorf("the back-end does not get ready: %w; it said:\n%s", why, lastLines(b.Logs(), 20))
}
