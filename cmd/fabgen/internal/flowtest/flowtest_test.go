package flowtest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/flowtest"
	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	b := start(t, "demo")
	o := flowtest.Options{}
	if run := os.Getenv("FLOWS"); run != "" {
		o.Match = regexp.MustCompile(run)
	}
	report, err := flowtest.Run(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	slow := map[string]time.Duration{}
	for _, c := range report.Cells {
		if os.Getenv("FLOWS_ALL") != "" {
			fmt.Println(c.Flow, c.Case, c.Verdict, c.Found, c.Reason)
		}
		slow[c.Case] += c.Duration
		if c.Verdict == flowtest.Failed {
			t.Errorf("%s/%s: want %s, found %s: %s\n%v", c.Flow, c.Case, c.Expected, c.Found, c.Reason, c.Log)
		}
	}
	if os.Getenv("FLOWS_LOG") != "" {
		fmt.Println(b.Logs())
	}
	fmt.Println(report.Duration, len(report.Cells), report.Count(flowtest.Passed), report.Count(flowtest.NotApplicable), report.Count(flowtest.NotExercised))
	for c, d := range slow {
		if d > time.Second/2 {
			fmt.Println(c, d)
		}
	}
}

func start(t *testing.T, name string) *flowtest.Bench {
	t.Helper()
	root := "../../../../golden/" + name
	data, err := os.ReadFile(root + "/fabgen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := config.Parse("fabgen.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "workload")
	if err := os.CopyFS(filepath.Join(dir, "backend"), os.DirFS(root+"/want/backend")); err != nil {
		t.Fatal(err)
	}
	trace := &flowtest.Trace{}
	b, err := bench.Start(context.Background(), bench.Options{Dir: dir, Model: m, Env: m.Env, Seed: flowtest.Seed(), OnEvent: trace.OnEvent, OnCall: trace.OnCall})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return &flowtest.Bench{Model: m, Env: m.Env, Cloud: b.Cloud, Trace: trace, URL: b.URL, Logs: b.Logs, Restart: b.Restart}
}

var _ = exec.Command
