package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fabgen/fabgen/internal/testenv"
)

const (
	superuser = "pgtest"
	patience  = 30 * time.Second
)

// server is a Postgres of this process's own.
type server struct {
	address string
	folder  string
	owner   *owner
	cmd     *exec.Cmd
}

// running is what stop ends. It is written while the tests run and read after them.
var running *server

// start makes a cluster in a temporary folder and a server for it that forgets what it likes when the machine stops.
func start() (*server, error) {
	folder, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	running = &server{folder: folder}
	if running.owner, err = unprivileged(); err != nil {
		return nil, err
	}
	if err := running.owner.own(folder); err != nil {
		return nil, err
	}
	password := rand.Text()
	if err := running.initialize(password); err != nil {
		return nil, err
	}
	return running, running.serve(password)
}

func (s *server) data() string { return filepath.Join(s.folder, "data") }

func (s *server) initialize(password string) error {
	file := filepath.Join(s.folder, "password")
	if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
		return err
	}
	if err := s.owner.own(file); err != nil {
		return err
	}
	cmd := s.command("initdb", "--pgdata", s.data(), "--username", superuser, "--pwfile", file,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// serve starts the server on a port that was free a moment ago, and on another one where it is not free any more.
func (s *server) serve(password string) error {
	var err error
	for range 3 {
		var port int
		if port, err = testenv.FreePort(); err != nil {
			return err
		}
		if err = s.listen(port); err != nil {
			return err
		}
		s.address = fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/postgres?sslmode=disable", superuser, password, port)
		if err = s.await(); err == nil {
			return nil
		}
		s.kill()
	}
	return err
}

func (s *server) listen(port int) error {
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = s.command("postgres", "-D", s.data(), "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", "", "-F",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	return s.cmd.Start()
}

func (s *server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return errors.Join(err, fmt.Errorf("its log:\n%s", log))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(immediately)
		_ = s.cmd.Wait() // how it ended does not matter: nothing of it is kept
	}
}

func stop() {
	if running != nil {
		running.kill()
		_ = os.RemoveAll(running.folder)
	}
}
