package flowtest

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// logFlow is the name of the last cell, which is about the back-end's log.
const logFlow, logCase = "log", "nothing secret in it"

// read reads what the back-end has said since, and looks for what must not be in it. Where an error is wanted it waits
// a moment for one: the log comes through a pipe.
func (r *runner) read(ctx context.Context, wait bool, cell *Cell) []string {
	text := r.Logs()
	for waited := time.Duration(0); wait && !loud(lines(text[r.from(text):])) && waited < time.Second; waited += logDelay {
		play.Pause(ctx, logDelay)
		text = r.Logs()
	}
	said := text[r.from(text):]
	r.logged = len(text)
	for name, secret := range r.secrets() {
		if strings.Contains(said, secret) {
			r.leaks = append(r.leaks, fmt.Sprintf("%s, after %s/%s", name, cell.Flow, cell.Case))
		}
	}
	return lines(r.masked(said))
}

// masked is what a back-end says as it may stand in a report.
func (r *runner) masked(text string) string {
	text = supervisor.MaskTokens(text)
	for _, secret := range r.secrets() {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return text
}

const logDelay = 20 * time.Millisecond

// from is where the unread part of the log begins.
func (r *runner) from(text string) int { return min(r.logged, len(text)) }

// secrets are what must not be in a log, by what it is.
func (r *runner) secrets() map[string]string {
	out := map[string]string{"a token": "eyJ", "the client secret": r.Cloud.Entra.ClientSecret,
		"a claims challenge": `"acrs"`, "a quoted claims challenge": `\"acrs\"`}
	for _, p := range r.Cloud.Entra.People() {
		out["a user's name ("+p.ID+")"], out["a user's address ("+p.ID+")"] = p.Name, p.SignInName
		out["a user's encoded address ("+p.ID+")"] = url.QueryEscape(p.SignInName)
	}
	return out
}

func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return line == "" })
}

// loud says whether a line is an error.
func loud(lines []string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		return strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, "level=ERROR")
	})
}

// telling are the last lines that are a warning or an error.
func telling(lines []string) []string {
	const most, length = 3, 1600
	var out []string
	for _, line := range lines {
		if strings.Contains(line, "WARN") || strings.Contains(line, "ERROR") {
			out = append(out, line[:min(len(line), length)])
		}
	}
	return out[max(0, len(out)-most):]
}

// quiet is the cell that tells what was found in the log.
func (r *runner) quiet() Cell {
	cell := Cell{Flow: logFlow, Case: logCase, Verdict: Passed, Expected: "no token, secret, claims challenge, name or address"}
	r.read(context.Background(), false, &cell)
	if len(r.leaks) > 0 {
		slices.Sort(r.leaks)
		cell.Verdict, cell.Found = Failed, strings.Join(slices.Compact(r.leaks), "; ")
		cell.Reason = "the log shows what it must not"
	}
	return cell
}
