package flowtest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// marks are the verdicts in a table, and their colours in a terminal.
var marks = map[Verdict]struct{ mark, color string }{
	Passed: {"ok", "32"}, Failed: {"XX", "31"}, NotApplicable: {"-", "2"}, NotExercised: {".", "33"},
}

const columnWidth = 3

// Print writes the report as a table of cases and flows, as wide as the terminal, what failed in words, and a last line
// that counts.
func (r *Report) Print(w io.Writer, width int, color bool) {
	t := newTable(r.Cells)
	t.legend(w)
	room := max(1, (width-t.names)/columnWidth)
	for from := 0; from < len(t.flows); from += room {
		t.print(w, from, min(from+room, len(t.flows)), color)
	}
	fmt.Fprint(w, "\nok: as the specification says.  XX: failed.  .: not exercised, no handler runs into it.  "+
		"-: not applicable.\n")
	for _, c := range r.Cells {
		if c.Verdict == Failed {
			c.print(w, color)
		}
	}
	for _, c := range r.Cells {
		if c.Verdict == Passed && c.Case == plainCase && c.Reason != "" {
			fmt.Fprintf(w, "\n%s / %s\n  %s\n", c.Flow, c.Case, clean(c.Reason))
		}
	}
	r.printUnmet(w)
	fmt.Fprintf(w, "\n%s\n", r.Summary())
}

// printUnmet writes why cells were not exercised, and of which flows they are.
func (r *Report) printUnmet(w io.Writer) {
	var reasons []string
	flows, counts := map[string][]string{}, map[string]int{}
	for _, c := range r.Cells {
		if c.Verdict != NotExercised {
			continue
		}
		if counts[c.Reason]++; counts[c.Reason] == 1 {
			reasons = append(reasons, c.Reason)
		}
		if !slices.Contains(flows[c.Reason], c.Flow) {
			flows[c.Reason] = append(flows[c.Reason], c.Flow)
		}
	}
	for _, reason := range reasons {
		fmt.Fprintf(w, "\nnot exercised, in %s\n  %s (%d of the cells)\n", strings.Join(flows[reason], ", "), clean(reason), counts[reason])
	}
}

// Summary counts the cells in one line.
func (r *Report) Summary() string {
	return fmt.Sprintf("%d cells in %s: %d ok, %d failed, %d not exercised, %d not applicable", len(r.Cells),
		r.Duration.Round(100*time.Millisecond), r.Count(Passed), r.Count(Failed), r.Count(NotExercised), r.Count(NotApplicable))
}

// print writes a failed cell in words. What a back-end says must not steer a terminal.
func (c Cell) print(w io.Writer, color bool) {
	title := c.Flow + " / " + c.Case
	fmt.Fprintf(w, "\n%s\n  %s\n", painted(title, marks[Failed].color, color), clean(c.Reason))
	for _, row := range [][2]string{{"want ", c.Expected}, {"found", c.Found}, {"see  ", c.look()}} {
		if row[1] != "" {
			fmt.Fprintf(w, "  %s %s\n", row[0], clean(row[1]))
		}
	}
	for _, line := range c.Log {
		fmt.Fprintf(w, "  log   %s\n", clean(line))
	}
}

// look says where to go on.
func (c Cell) look() string {
	if c.RequestID == "" {
		return ""
	}
	return "RequestId " + c.RequestID + " in the back-end's log"
}

// table is the cells by case and flow, both in their order.
type table struct {
	cases, flows []string
	cells        map[[2]string]Verdict
	names        int // width of the cases' names
}

func newTable(cells []Cell) table {
	t := table{cells: map[[2]string]Verdict{}}
	for _, c := range cells {
		if !slices.Contains(t.cases, c.Case) {
			t.cases = append(t.cases, c.Case)
			t.names = max(t.names, utf8.RuneCountInString(c.Case))
		}
		if !slices.Contains(t.flows, c.Flow) {
			t.flows = append(t.flows, c.Flow)
		}
		t.cells[[2]string{c.Flow, c.Case}] = c.Verdict
	}
	return t
}

func (t table) legend(w io.Writer) {
	for i, flow := range t.flows {
		fmt.Fprintf(w, "%*d  %s\n", columnWidth, i+1, flow)
	}
}

func (t table) print(w io.Writer, from, to int, color bool) {
	fmt.Fprintf(w, "\n%s", strings.Repeat(" ", t.names))
	for i := from; i < to; i++ {
		fmt.Fprintf(w, "%*d", columnWidth, i+1)
	}
	fmt.Fprintln(w)
	for _, name := range t.cases {
		line := name + strings.Repeat(" ", t.names-utf8.RuneCountInString(name))
		for _, flow := range t.flows[from:to] {
			m := marks[t.cells[[2]string{flow, name}]]
			line += strings.Repeat(" ", columnWidth-len(m.mark)) + painted(m.mark, m.color, color && m.mark != "")
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

func painted(text, color string, on bool) string {
	if !on {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}
