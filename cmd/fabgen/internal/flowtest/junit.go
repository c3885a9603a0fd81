package flowtest

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The elements of JUnit's XML, as CI servers read it.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"` // seconds
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`

		duration time.Duration
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitMessage `xml:"failure,omitempty"`
		Skipped   *junitMessage `xml:"skipped,omitempty"`
		Out       string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as JUnit's XML: a suite a flow, and a test case a cell. What is not applicable or not
// exercised is skipped, with the reason; what a handler answered of its own is the output of a case that passed.
func (r *Report) WriteJUnit(w io.Writer, workload string) error {
	all := junitSuites{Name: "fabgen test " + clean(workload), Time: seconds(r.Duration)}
	for _, c := range r.Cells {
		i := slices.IndexFunc(all.Suites, func(s junitSuite) bool { return s.Name == clean(c.Flow) })
		if i < 0 {
			i = len(all.Suites)
			all.Suites = append(all.Suites, junitSuite{Name: clean(c.Flow)})
		}
		all.Suites[i].add(c)
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		s.Time = seconds(s.duration)
		all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing JUnit's XML: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("writing JUnit's XML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(c Cell) {
	out := junitCase{Name: clean(c.Case), ClassName: "fabgen." + clean(c.Flow), Time: seconds(c.Duration)}
	s.Tests++
	s.duration += c.Duration
	switch c.Verdict {
	case Passed:
		out.Out = clean(c.Reason)
	case Failed:
		s.Failures++
		text := &strings.Builder{}
		c.print(text, false)
		out.Failure = &junitMessage{Message: clean(c.Reason), Text: strings.TrimSpace(text.String())}
	case NotApplicable, NotExercised:
		s.Skipped++
		out.Skipped = &junitMessage{Message: clean(string(c.Verdict) + ": " + c.Reason)}
	}
	s.Cases = append(s.Cases, out)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// clean takes out control characters and what is no Unicode, which XML cannot hold and a terminal should not get.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}
