// Package pgtest gives tests a real Postgres, with a database for each test. A package that uses it says so in its
// TestMain, so that the server ends with the tests:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.M{M: m}.Run()) }
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fabgen/fabgen/internal/testenv"
)

// M runs a package's tests and then stops the server that they started. goleak takes one too.
type M struct{ *testing.M }

// Run runs the tests and gives their exit code.
func (m M) Run() int {
	defer stop()
	return m.M.Run()
}

var (
	databases atomic.Int64
	shared    = sync.OnceValues(start) // one server for all tests of a binary: starting one takes seconds
)

// Database makes an empty database, which is dropped when the test ends, and gives its address. It stands in a server
// that is started for the tests of this binary, or in the one that TEST_DATABASE_URL names, as a user who may create
// databases. Where there is neither, the test is skipped, and fails in CI.
func Database(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		if !installed() {
			testenv.Missing(t, "Postgres is not installed and TEST_DATABASE_URL is not set; Debian's package is postgresql")
		}
		started, err := shared()
		if err != nil {
			t.Fatalf("starting Postgres: %v", err)
		}
		server = started.address
	}
	return create(t, server)
}

func create(t testing.TB, server string) string {
	t.Helper()
	name := fmt.Sprintf("pgtest_%d_%d", os.Getpid(), databases.Add(1))
	Exec(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { Exec(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal("TEST_DATABASE_URL is no URL")
	}
	address.Path = "/" + name
	return address.String()
}

// Empty empties a database, which takes a tenth of the time of making another one.
func Empty(t testing.TB, address string) {
	t.Helper()
	Exec(t, address, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
}

// Exec runs statements over a connection of its own, for what a test wants to look at or break.
func Exec(t testing.TB, address, statements string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statements); err != nil {
		t.Fatalf("%s: %v", strings.Fields(statements)[0], err)
	}
}
