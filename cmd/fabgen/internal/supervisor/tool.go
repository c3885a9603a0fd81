package supervisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// toolTimeout is how long a program may take to tell its version.
const toolTimeout = 10 * time.Second

// ToolError is of a program that is not there, or not the one that is wanted.
type ToolError struct {
	Tool  string
	Found string // its version; empty where it is not there
	Want  string // the range of versions
	Next  string // what to do
}

func (e *ToolError) Error() string {
	if e.Found == "" {
		return fmt.Sprintf("%s is not in PATH; %s", e.Tool, e.Next)
	}
	return fmt.Sprintf("%s is %s, and %s is wanted; %s", e.Tool, e.Found, e.Want, e.Next)
}

// gets say where the tools come from that a workload is built with.
var gets = map[string]string{
	"go":   "install Go: https://go.dev/dl/",
	"node": "install Node.js: https://nodejs.org/",
	"npm":  "it comes with Node.js: https://nodejs.org/; a newer one by `npm install --global npm`",
}

// notStarted says why a program could not be started. Of a folder that is not there the system says that the program is not.
func notStarted(c Command, err error) error {
	program := c.Args[0]
	if _, missing := os.Stat(c.Dir); c.Dir != "" && missing != nil {
		return fmt.Errorf("starting %s in its folder: %w", program, missing)
	}
	if next, known := gets[program]; known && errors.Is(err, exec.ErrNotFound) {
		return &ToolError{Tool: program, Next: next}
	}
	return fmt.Errorf("starting %s: %w", program, err)
}

// versionOf asks a tool for its version.
func versionOf(ctx context.Context, c Command) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, toolTimeout)
	defer cancel()
	var out bytes.Buffer
	if err := c.Run(ctx, &out); err != nil {
		return "", err
	}
	return strings.TrimPrefix(strings.TrimSpace(out.String()), "v"), nil
}

// Executable is the path of a program that is built: it ends in .exe on Windows.
func Executable(path string) string {
	if runtime.GOOS == "windows" {
		return path + ".exe"
	}
	return path
}
