package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fabgen/fabgen/generator"
	"github.com/fabgen/fabgen/generator/plan"
)

// TestMain puts this test binary into PATH as fabgen, so that scripts, sessions and benchmarks run the command as a
// process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fabgen": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			context.AfterFunc(ctx, stop)
			os.Exit(Main(ctx, os.Args[1:]))
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               shareGo,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "holds": cmdHolds, "fill": cmdFill, "windows": cmdWindows,
			"touched": cmdTouched, "replaced": cmdReplaced,
			"edit": cmdEdit, "append": cmdAppend, "older": cmdOlder,
		},
	})
}

// shareGo lets scripts build Go programs from what is in this machine's caches.
func shareGo(env *testscript.Env) error {
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB").Output()
	values := strings.Split(string(out), "\n")
	for i, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB"} {
		if err == nil {
			env.Setenv(name, values[i])
		}
	}
	return err
}

// cmdExits runs a command and checks its exit code: exits 2 fabgen validate
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code is %d; want %d", got, want)
	}
}

// cmdHolds checks that a folder holds just these names: holds DIR fabgen.yaml backend
func cmdHolds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: holds DIR [NAME...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var got []string
	for _, e := range entries {
		if e.Name() != ".tmp" { // testscript's own
			got = append(got, e.Name())
		}
	}
	want := slices.Sorted(slices.Values(args[1:]))
	if !slices.Equal(got, want) {
		ts.Fatalf("%s holds %q; want %q", args[0], got, want)
	}
}

// cmdFill makes a file of a text over and over: fill big.yaml 5000000 '# nothing'
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fill FILE BYTES LINE")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	line := args[2] + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(line, size/len(line)+1)), 0o666))
}

// cmdEdit replaces the first place of a text in a file: edit FILE OLD NEW
func cmdEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	old, fresh := unquote(args[1]), unquote(args[2])
	if !strings.Contains(text, old) {
		ts.Fatalf("%s does not hold %q", args[0], old)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, fresh, 1)), 0o666))
}

// unquote turns \n and \t of a script into what they stand for.
func unquote(s string) string {
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(s)
}

// cmdAppend adds a line at the end of a file: append FILE LINE
func cmdAppend(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+unquote(args[1])+"\n"), 0o666))
}

// cmdOlder makes a workload look as if an older fabgen, whose template of a file had another text, had generated it:
// older DIR FILE NEW OLD
func cmdOlder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: older DIR FILE NEW OLD")
	}
	dir, file := args[0], args[1]
	sum := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	now := ts.ReadFile(dir + "/" + file)
	if !strings.Contains(now, unquote(args[2])) {
		ts.Fatalf("%s does not hold %q", file, args[2])
	}
	then := strings.Replace(now, unquote(args[2]), unquote(args[3]), 1)
	state := strings.ReplaceAll(ts.ReadFile(dir+"/"+plan.StateFile), sum(now), sum(then))
	state = strings.ReplaceAll(state, `"fabgen":"`+generator.Version, `"fabgen":"0.0.9`)
	packed, err := plan.Pack([]byte(then))
	ts.Check(err)
	for name, data := range map[string]string{file: then, plan.StateFile: state, plan.BasePath(sum(then)): string(packed)} {
		ts.Check(os.WriteFile(ts.MkAbs(dir+"/"+name), []byte(data), 0o666))
	}
}

// cmdWindows copies a text as an editor of Windows would save it, with a byte order mark and CRLF: windows FROM TO
func cmdWindows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: windows FROM TO")
	}
	text := "\ufeff" + strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o666))
}

// cmdTouched gives every file of a folder another time: touched DIR
func cmdTouched(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: touched DIR")
	}
	then := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(name, then, then))
	}))
}

// cmdReplaced replaces a text of a file that must be there: replaced FILE OLD NEW
func cmdReplaced(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replaced FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o666))
}
