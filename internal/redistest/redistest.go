// Package redistest gives tests a real Redis.
package redistest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/fabgen/fabgen/internal/testenv"
)

// Redis is a server of a test's own.
type Redis struct {
	// Address is that of rediscache.Open.
	Address string
	stop    func()
}

// Start starts redis-server on a free port, without persistence, and stops it when the test ends; or it takes the one
// that TEST_REDIS_URL names, which is emptied first. Where there is neither, the test is skipped, and fails in CI.
func Start(t testing.TB) *Redis {
	t.Helper()
	if address := os.Getenv("TEST_REDIS_URL"); address != "" {
		r := &Redis{Address: address, stop: func() { t.Skip("the Redis of TEST_REDIS_URL is not ours to stop") }}
		r.Flush(t)
		return r
	}
	program, err := exec.LookPath("redis-server")
	if err != nil {
		testenv.Missing(t, "redis-server is not installed and TEST_REDIS_URL is not set; Debian's package is redis-server")
	}
	return start(t, program)
}

func start(t testing.TB, program string) *Redis {
	t.Helper()
	port, err := testenv.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--save", "",
		"--appendonly", "no", "--dir", t.TempDir(), "--loglevel", "warning")
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting redis-server: %v", err)
	}
	r := &Redis{Address: fmt.Sprintf("redis://127.0.0.1:%d/0", port)}
	r.stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // "signal: killed" is what was wanted
	})
	t.Cleanup(r.stop)
	r.await(t)
	return r
}

// Stop ends the server, as a failure would.
func (r *Redis) Stop() { r.stop() }

// Client is a client of its own, for what a test wants to look at or break. It is closed when the test ends.
func (r *Redis) Client(t testing.TB) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(r.Address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// Flush empties it.
func (r *Redis) Flush(t testing.TB) {
	t.Helper()
	if err := r.Client(t).FlushDB(context.Background()).Err(); err != nil {
		t.Fatalf("emptying Redis: %v", err)
	}
}

func (r *Redis) await(t testing.TB) {
	t.Helper()
	client := r.Client(t)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := client.Ping(context.Background()).Err()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("redis-server does not answer: %v", err)
		}
	}
}
