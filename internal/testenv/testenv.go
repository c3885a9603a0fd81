// Package testenv is what tests ask of the machine that they run on.
package testenv

import (
	"fmt"
	"net"
	"os"
	"testing"
)

// Missing ends a test that needs what is not here: it is skipped, and fails in CI, which runs every test.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI runs every test", what)
	}
	t.Skip(what)
}

// FreePort gives a port of 127.0.0.1 on which nobody listens.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("testenv: looking for a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
