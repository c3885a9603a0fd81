package golden

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/testenv"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// BenchmarkLoad puts the demo's server and a bare net/http server under load with wrk, one after the other, and compares
// them. Each iteration is one turn of both; `make load` takes LOAD of them.
//
// The demo answers GET …/payload to Fabric's two tokens. The bare server answers the same bytes to anybody: to the same
// requests, and to requests without a token, which are a tenth as long.
func BenchmarkLoad(b *testing.B) {
	testenv.Tool(b, "wrk")
	p := build(b, "demo")
	for name, address := range map[string]string{"sqlite": "sqlite:" + filepath.Join(b.TempDir(), "load.db"), "memory": "memory:"} {
		b.Run(name, func(b *testing.B) {
			compareLoad(b, p, p.startLogging(b, "DATABASE_URL="+address))
		})
	}
}

func compareLoad(b *testing.B, p *program, server *replica) {
	demo, payload := p.payloadLoad(b, server)
	bare := load{url: startBare(b, payload)}
	same := load{url: bare.url, header: demo.header}
	var all loads
	for b.Loop() {
		turn := loads{rate: demo.run(b), bare: same.run(b), short: bare.run(b), memory: memory(b, server.cmd)}
		b.Logf("%.0f requests/s, p99 %.1f ms, %.1f MB; bare server: %.0f, p99 %.1f ms; without tokens %.0f",
			turn.rate.perSecond, turn.rate.p99, turn.memory, turn.bare.perSecond, turn.bare.p99, turn.short.perSecond)
		all = all.plus(turn)
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(all.rate.perSecond/n, "requests/s")
	b.ReportMetric(all.rate.p99/n, "p99-ms")
	b.ReportMetric(all.memory/n, "MB")
	b.ReportMetric(all.rate.perSecond/all.bare.perSecond, "of-bare")
	b.ReportMetric(all.rate.perSecond/all.short.perSecond, "of-bare-without-tokens")
}

// loads are what one turn measures, or the sums of several.
type loads struct {
	rate, bare, short measured
	memory            float64 // of the demo's server afterwards, in MB
}

type measured struct {
	perSecond float64 // requests
	p99       float64 // of their latencies, in milliseconds
}

func (l loads) plus(o loads) loads {
	return loads{l.rate.plus(o.rate), l.bare.plus(o.bare), l.short.plus(o.short), l.memory + o.memory}
}

func (m measured) plus(o measured) measured {
	return measured{m.perSecond + o.perSecond, m.p99 + o.p99}
}

// payloadLoad makes an item and gives what asks for its payload, and what is answered.
func (p *program) payloadLoad(b *testing.B, server *replica) (load, []byte) {
	b.Helper()
	item := fabrictest.Item{WorkspaceID: fabrictest.NewID(), Type: demoWorkload + ".Forecast", ID: fabrictest.NewID()}
	client := p.fabric.Client(server.url + "/workload")
	want(b, 200)(client.Create(b.Context(), item, map[string]any{"displayName": "First"}))
	return load{
		url: fmt.Sprintf("%s/workload/workspaces/%s/items/%s/%s/payload", server.url, item.WorkspaceID, item.Type, item.ID),
		header: []string{
			"Authorization: " + client.Tokens().HeaderValue(), "x-ms-client-tenant-id: " + client.TenantID,
			"ActivityId: " + fabrictest.NewID(), "RequestId: " + fabrictest.NewID(),
		},
	}, want(b, 200)(client.Payload(b.Context(), item)).Body
}

// startLogging starts a process whose log goes to a file, as a collector would take it.
func (p *program) startLogging(b *testing.B, env ...string) *replica {
	b.Helper()
	log, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	r := p.startTo(b, log, env...)
	waitReady(b, r.url+"/readyz", &syncBuffer{})
	return r
}

// startBare starts the bare server and gives its address.
func startBare(b *testing.B, body []byte) string {
	b.Helper()
	program, file := filepath.Join(b.TempDir(), "bare"), filepath.Join(b.TempDir(), "body.json")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		b.Fatal(err)
	}
	run(b, ".", "go", "build", "-o", program, "./testdata/bare")
	addr := freeAddr(b)
	url := "http://" + addr + "/"
	waitReady(b, url, start(b, exec.Command(program, addr, file)))
	return url
}

// load is what wrk asks for, over and over.
type load struct {
	url    string
	header []string
}

var wrkSays = regexp.MustCompile(`(?s)99%\s+(\S+).*Requests/sec:\s+([\d.]+)`)

// run has 32 connections ask for ten seconds.
func (l load) run(b *testing.B) measured {
	b.Helper()
	args := []string{"-t1", "-c32", "-d10s", "--latency"}
	for _, h := range l.header {
		args = append(args, "-H", h)
	}
	out, err := exec.CommandContext(b.Context(), "wrk", append(args, l.url)...).CombinedOutput()
	said := wrkSays.FindStringSubmatch(string(out))
	if err != nil || said == nil || strings.Contains(string(out), "Non-2xx") || strings.Contains(string(out), "Socket errors") {
		b.Fatalf("wrk: %v\n%s", err, out)
	}
	p99, err := time.ParseDuration(said[1])
	if err != nil {
		b.Fatal(err)
	}
	rate, err := strconv.ParseFloat(said[2], 64)
	if err != nil {
		b.Fatal(err)
	}
	return measured{perSecond: rate, p99: p99.Seconds() * 1000}
}

var vmRSS = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// memory is what a process has of the machine's, in MB.
func memory(b *testing.B, cmd *exec.Cmd) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		b.Skip("the memory of a process is read from Linux's /proc")
	}
	kb, err := strconv.ParseFloat(vmRSS.FindStringSubmatch(string(status))[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}
