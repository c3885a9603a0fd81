//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// sameAsSession are the flags that say what testdata/session/init.txt answers.
var sameAsSession = []string{
	"--name", "Org.ContosoForecast", "--module", "example.com/contoso/forecast",
	"--description", "Forecasts over OneLake",
	"--tenant-id", "853d9f4f-c71b-4420-b6ec-60e503458946", "--client-id", "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11",
	"--scope", "Forecast.Read.All", "--scope", "Forecast.ReadWrite.All=Read and change forecasts",
	"--resource", "onelake", "--resource", "graph",
	"--resource", "name=pricing,uri=api://pricing.contoso.com,scope=Prices.Read,base-url=https://pricing.contoso.com",
	"--item", "Forecast:Train,Score",
}

func TestSessionGivesTheTreeOfTheFlags(t *testing.T) {
	dir := t.TempDir()
	s := startSession(t, dir, "init", "asked")
	s.play(recording(t, "init.txt"))
	if code := s.wait(); code != exitDone {
		t.Fatalf("exit code is %d; want %d:\n%s", code, exitDone, s.text())
	}

	flags := exec.Command("fabgen", append([]string{"init", "--yes", "given"}, sameAsSession...)...)
	flags.Dir = dir
	if out, err := flags.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	compareTrees(t, filepath.Join(dir, "asked"), filepath.Join(dir, "given"))
}

func TestSessionTypedAllAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := startSession(t, dir, "init", "asked")
	for line := range strings.Lines(recording(t, "init.txt")) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb {
		case "answer":
			s.send(rest + "\r")
		case "press":
			s.press(strings.Fields(rest)...)
		}
	}
	s.expect("Wrote")
	if code := s.wait(); code != exitDone {
		t.Fatalf("exit code is %d; want %d:\n%s", code, exitDone, s.text())
	}
}

func TestSessionThatEndsWritesNothing(t *testing.T) {
	flags := append([]string{"init"}, sameAsSession...)
	tests := []struct {
		name, steps, want string
		args              []string
	}{
		{"Ctrl-C at the first question", "expect Workload name\npress ctrl-c",
			"interrupted; nothing was written", []string{"init"}},
		{"Ctrl-C in the middle of an answer", "expect Workload name\ntype Org.\npress ctrl-c",
			"interrupted; nothing was written", []string{"init"}},
		{"Ctrl-C at the summary", "expect Write\npress ctrl-c", "interrupted; nothing was written", flags},
		{"Ctrl-C while changing", "expect Write\npress down enter\nexpect Which answer?\npress ctrl-c",
			"interrupted; nothing was written", flags},
		{"cancel", "expect Write\npress down down\nexpect > Cancel\npress enter", "cancelled; nothing was written", flags},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			s := startSession(t, dir, test.args...)
			s.play(test.steps)
			s.expect(test.want)
			if code := s.wait(); code != exitFailed {
				t.Errorf("exit code is %d; want %d", code, exitFailed)
			}
			expectEmpty(t, dir)
		})
	}
}

func TestSessionEndsWithASignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			s := startSession(t, dir, "init")
			s.expect("Workload name")
			if err := s.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			s.expect("interrupted; nothing was written")
			if code := s.wait(); code != exitFailed {
				t.Errorf("exit code is %d; want %d", code, exitFailed)
			}
			expectEmpty(t, dir)
		})
	}
}

func TestSessionAsksForWhatFlagsLeaveOpen(t *testing.T) {
	dir := t.TempDir()
	s := startSession(t, dir, "init", "--name", "Org.ContosoForecast", "--tenant-id",
		"853d9f4f-c71b-4420-b6ec-60e503458946", "--scope", "Forecast.Read.All", "--resource", "onelake", "--item", "Forecast")
	s.play(`
expect Go module path
refuse Workload name
answer example.com/contoso/forecast
expect Client ID
refuse tenant ID
answer 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11
expect contoso-forecast
expect > Write
press enter
expect Wrote
`)
	if code := s.wait(); code != exitDone {
		t.Fatalf("exit code is %d; want %d:\n%s", code, exitDone, s.text())
	}
	if _, err := os.Stat(filepath.Join(dir, "contoso-forecast", "fabgen.yaml")); err != nil {
		t.Fatal(err)
	}
}

func TestSessionRefusesWrongFlagsBeforeItAsks(t *testing.T) {
	dir := t.TempDir()
	s := startSession(t, dir, "init", "--name", "Contoso.Forecast", "--tenant-id", "1")
	s.expect("--name: ")
	s.expect("--tenant-id: ")
	if code := s.wait(); code != exitUsage {
		t.Fatalf("exit code is %d; want %d:\n%s", code, exitUsage, s.text())
	}
	expectEmpty(t, dir)
}

func TestSessionOffersAnotherFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "full", "something"), 0o777); err != nil {
		t.Fatal(err)
	}
	s := startSession(t, dir, append([]string{"init", "full"}, sameAsSession...)...)
	s.play(`
expect not empty
refuse > Write
expect > Change an answer
press enter
expect Which answer?
press up up
expect > Folder: full
press enter
expect Folder [? for help] (full)
answer fresh
expect > Write
press enter
expect Wrote
`)
	if code := s.wait(); code != exitDone {
		t.Fatalf("exit code is %d; want %d:\n%s", code, exitDone, s.text())
	}
}

func TestSessionWithoutColors(t *testing.T) {
	s := startSession(t, t.TempDir(), "init", "--no-color")
	s.expect("Workload name")
	s.press("ctrl-c")
	s.wait()
	for y := range 5 {
		for x := range 60 {
			if c := s.screen.Cell(x, y); c.FG != vtDefault {
				t.Fatalf("the cell %d,%d has the colour %v:\n%s", x, y, c.FG, s.text())
			}
		}
	}
}

func recording(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "session", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func expectEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) > 0 {
		t.Errorf("%v is left", entries)
	}
}

func compareTrees(t *testing.T, a, b string) {
	t.Helper()
	if out, err := exec.Command("diff", "-r", a, b).CombinedOutput(); err != nil {
		t.Fatalf("the trees differ: %v\n%s", err, out)
	}
}
