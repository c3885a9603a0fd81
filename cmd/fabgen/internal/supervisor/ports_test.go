package supervisor_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// taken is a port that somebody has at an address such as 127.0.0.1 or ::1. Without that kind of address the test is over.
func taken(t *testing.T, network, host string) int {
	t.Helper()
	listener, err := net.Listen(network, net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("this machine has no address %s: %v", host, err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func TestPreferredPort(t *testing.T) {
	var seed, ports supervisor.Ports
	want, _, err := seed.Free("test", 0)
	if err != nil {
		t.Fatal(err)
	}
	listener, note, err := ports.Listen("backend", want)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if got := listener.Addr().String(); got != fmt.Sprintf("127.0.0.1:%d", want) || note != "" {
		t.Errorf("%s, %q; want port %d", got, note, want)
	}
}

// Whoever has the port on whichever address a browser may take, another one is chosen and told.
func TestBusyPort(t *testing.T) {
	for name, at := range map[string][2]string{
		"IPv4": {"tcp4", "127.0.0.1"}, "IPv6": {"tcp6", "::1"}, "all of IPv4": {"tcp4", "0.0.0.0"}, "all": {"tcp", ""},
	} {
		t.Run(name, func(t *testing.T) {
			busy := taken(t, at[0], at[1])
			var ports supervisor.Ports
			got, note, err := ports.Free("front-end", busy)
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("front-end: port %d is busy; it uses %d", busy, got); got == busy || note != want {
				t.Errorf("%d, %q; want %q", got, note, want)
			}
			expectFree(t, fmt.Sprintf("127.0.0.1:%d", got))
		})
	}
}

// No port is given twice, although its process does not listen yet.
func TestPortsDiffer(t *testing.T) {
	var ports supervisor.Ports
	first, _, err := ports.Free("a", 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{first: true}
	for range 30 { // more than are tried one after the other
		port, note, err := ports.Free("b", first)
		if err != nil || seen[port] || !strings.Contains(note, fmt.Sprint(port)) {
			t.Fatalf("%d, %q, %v after %v", port, note, err, seen)
		}
		seen[port] = true
	}
}

func TestPortsThatAreNone(t *testing.T) {
	var ports supervisor.Ports
	for _, port := range []int{-1, 65536} {
		if _, _, err := ports.Free("a", port); err == nil {
			t.Errorf("%d is taken for a port", port)
		}
	}
	if port, _, err := ports.Free("a", 65535); err != nil || port == 0 {
		t.Errorf("the last port: %d, %v", port, err)
	}
}

func TestLoopbackPort(t *testing.T) {
	for address, want := range map[string]int{
		"127.0.0.1:5000": 5000, "localhost:60006": 60006, "[::1]:80": 80, "127.1.2.3:0": 0,
		"0.0.0.0:5000": -1, ":5000": -1, "[::]:5000": -1, "192.168.1.2:5000": -1, "example.com:80": -1, "127.0.0.1": -1,
		"127.0.0.1:http": -1, "127.0.0.1:65536": -1, "": -1, "localhost.example.com:80": -1,
	} {
		got, err := supervisor.LoopbackPort(address)
		var refused *supervisor.NotLoopbackError
		switch {
		case want >= 0 && (err != nil || got != want):
			t.Errorf("%s: %d, %v", address, got, err)
		case want < 0 && (!errors.As(err, &refused) || refused.Address != address):
			t.Errorf("%s is not refused: %d, %v", address, got, err)
		}
	}
	_, err := supervisor.LoopbackPort("0.0.0.0:5000")
	expectHas(t, err.Error(), `"0.0.0.0:5000" is not an address of this machine alone; `, "127.0.0.1:5000")
}
