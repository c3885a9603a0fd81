package supervisor

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"
)

// loopback is where everything listens that fabgen starts. Browsers may take localhost for loopback6 too.
const (
	loopback  = "127.0.0.1"
	loopback6 = "::1"
)

// Where a port is busy, as many after it are tried before the system gives any.
const nextPorts = 20

// dialTimeout is how long a port of this machine is asked whether somebody listens.
const dialTimeout = 200 * time.Millisecond

// ErrNoPort says that no port is free, which the system gives only where nearly all are used.
var ErrNoPort = errors.New("no port of " + loopback + " is free; end some of what listens there")

// NotLoopbackError is of an address that others than this machine could reach, or of none.
type NotLoopbackError struct{ Address string }

func (e *NotLoopbackError) Error() string {
	return fmt.Sprintf("%q is not an address of this machine alone; what runs in development trusts whoever calls it: use %s and a port, such as %[2]s:5000",
		e.Address, loopback)
}

// LoopbackPort is the port of an address that only this machine can reach: 127.0.0.0/8, ::1 or localhost. The error of
// others is a *NotLoopbackError.
func LoopbackPort(address string) (int, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, &NotLoopbackError{address}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && !ip.IsLoopback() {
		return 0, &NotLoopbackError{address}
	}
	return int(number), nil
}

// Ports gives ports of 127.0.0.1, none of them twice. The zero value is ready for use, by several goroutines too.
type Ports struct {
	mu    sync.Mutex
	given map[int]bool
}

// Listen listens on 127.0.0.1 alone, at the preferred port or, where that is busy, at another. Then note says so;
// otherwise it is empty. 0 prefers none. The name of what will listen, such as "front-end", stands in note and error.
func (p *Ports) Listen(name string, preferred int) (listener net.Listener, note string, err error) {
	if preferred < 0 || preferred > 65535 {
		return nil, "", fmt.Errorf("%s: %d is no port; use one from 1 to 65535, or 0 for any", name, preferred)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if preferred == 0 {
		listener, err = p.any(name)
		return listener, "", err
	}
	for port := preferred; port <= min(preferred+nextPorts, 65535); port++ {
		if listener = p.take(port); listener != nil {
			return listener, moved(name, preferred, port), nil
		}
	}
	if listener, err = p.any(name); err != nil {
		return nil, "", err
	}
	return listener, moved(name, preferred, portOf(listener)), nil
}

// Free is Listen for a process that listens by itself: it gives the port and leaves it free. Should somebody take it
// before the process does, the process will say so.
func (p *Ports) Free(name string, preferred int) (port int, note string, err error) {
	listener, note, err := p.Listen(name, preferred)
	if err != nil {
		return 0, "", err
	}
	return portOf(listener), note, listener.Close()
}

func moved(name string, wanted, port int) string {
	if port == wanted {
		return ""
	}
	return fmt.Sprintf("%s: port %d is busy; it uses %d", name, wanted, port)
}

// any takes a port that the system chooses.
func (p *Ports) any(name string) (net.Listener, error) {
	for range nextPorts {
		listener, err := net.Listen("tcp4", address(loopback, 0))
		if err != nil {
			return nil, fmt.Errorf("%s: looking for a free port of %s: %w", name, loopback, err)
		}
		if port := portOf(listener); !p.given[port] && !answers(loopback6, port) {
			p.note(port)
			return listener, nil
		}
		_ = listener.Close()
	}
	return nil, fmt.Errorf("%s: %w", name, ErrNoPort)
}

// take gives nil where a port was given before or is busy. Some systems let two listen at once where one of them listens
// on all addresses, as AirPlay does at port 5000 of macOS: hence the question whether somebody answers.
func (p *Ports) take(port int) net.Listener {
	if p.given[port] || answers(loopback, port) || answers(loopback6, port) {
		return nil
	}
	listener, err := net.Listen("tcp4", address(loopback, port))
	if err != nil { // busy, or not for everybody, as ports below 1024 are not
		return nil
	}
	p.note(port)
	return listener
}

func (p *Ports) note(port int) {
	if p.given == nil {
		p.given = map[int]bool{}
	}
	p.given[port] = true
}

func answers(host string, port int) bool {
	conn, err := net.DialTimeout("tcp", address(host, port), dialTimeout)
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}

func address(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
