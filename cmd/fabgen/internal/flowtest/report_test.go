package flowtest_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/flowtest"
)

func report() *flowtest.Report {
	return &flowtest.Report{Duration: 1500 * time.Millisecond, Cells: []flowtest.Cell{
		{Flow: "getForecast", Case: "plain", Verdict: flowtest.Passed, Duration: 20 * time.Millisecond},
		{Flow: "Forecast create", Case: "plain", Verdict: flowtest.NotExercised, Reason: "it asks for no token"},
		{Flow: "getForecast", Case: "no token", Verdict: flowtest.Failed, Expected: "(401 AuthError)", Found: `ok "<&>` + "\x00\x1b[31m\xff",
			Reason: "another <status>", RequestID: "the-id", Log: []string{`{"level":"WARN"}`}},
		{Flow: "Forecast create", Case: "no token", Verdict: flowtest.NotApplicable, Reason: "of the data plane"},
		{Flow: "saveForecast", Case: "plain", Verdict: flowtest.Passed, Reason: "the handler's own answer: 400 InvalidRequest"},
	}}
}

const printed = `  1  getForecast
  2  Forecast create
  3  saveForecast

          1  2  3
plain    ok  . ok
no token XX  -

ok: as the specification says.  XX: failed.  .: not exercised, no handler runs into it.  -: not applicable.

getForecast / no token
  another <status>
  want  (401 AuthError)
  found ok "<&>[31m
  see   RequestId the-id in the back-end's log
  log   {"level":"WARN"}

saveForecast / plain
  the handler's own answer: 400 InvalidRequest

not exercised, in Forecast create
  it asks for no token (1 of the cells)

5 cells in 1.5s: 2 ok, 1 failed, 1 not exercised, 1 not applicable
`

func TestPrint(t *testing.T) {
	var out bytes.Buffer
	report().Print(&out, 80, false)
	if out.String() != printed {
		t.Errorf("it is\n%s\nwant\n%s", out.String(), printed)
	}
	out.Reset()
	report().Print(&out, 80, true)
	if !strings.Contains(out.String(), "\x1b[31mXX\x1b[0m") {
		t.Errorf("no colour in\n%s", out.String())
	}
}

// A table that is too wide goes on below itself.
func TestPrintInNarrowTerminals(t *testing.T) {
	var out bytes.Buffer
	report().Print(&out, 12, false)
	for _, want := range []string{"\n          1\nplain    ok\nno token XX\n", "\n          2\nplain     .\nno token  -\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

func TestJUnit(t *testing.T) {
	var out bytes.Buffer
	if err := report().WriteJUnit(&out, `a "workload" <&>`+"\x07"); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		`<testsuites name="fabgen test a &#34;workload&#34; &lt;&amp;&gt;" tests="5" failures="1" skipped="2" time="1.500">`,
		`<testsuite name="getForecast" tests="2" failures="1" skipped="0" time="0.020">`,
		`<testcase name="no token" classname="fabgen.getForecast" time="0.000">`,
		`<failure message="another &lt;status&gt;">`,
		`<system-out>the handler&#39;s own answer: 400 InvalidRequest</system-out>`,
		`<skipped message="not exercised: it asks for no token">`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "\x00\x07\x1b\uFFFD") {
		t.Errorf("control characters in\n%q", text)
	}
	for d := xml.NewDecoder(&out); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("it is no XML: %v\n%s", err, text)
		}
	}
}
