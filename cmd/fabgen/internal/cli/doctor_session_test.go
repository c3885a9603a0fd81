//go:build unix

package cli

import (
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// A header with two long tokens is read whole from a terminal, and not shown.
func TestSessionAsksForATokenAndHidesIt(t *testing.T) {
	dir, _, entra := tokenDesk(t)
	filler := strings.Repeat("c", 3000)
	header := auth.SubjectAndApp{
		Subject: entra.SubjectToken(entratest.Claim("filler", filler)), App: entra.AppToken(entratest.Claim("filler", filler)),
	}.HeaderValue()
	if len(header) < 8000 {
		t.Fatalf("the header has %d bytes only", len(header))
	}
	s := startSession(t, dir, "doctor", "--token")
	s.expect("it is not shown")
	s.send(header + "\r")
	s.expect("The back-end accepts it")
	if code := s.wait(); code != exitDone {
		t.Errorf("exit code is %d:\n%s", code, s.text())
	}
	if strings.Contains(s.text(), "subjectToken=") || strings.Contains(s.text(), "eyJ") {
		t.Errorf("the token is shown:\n%s", s.text())
	}
}

func TestSessionThatIsInterruptedAtTheToken(t *testing.T) {
	dir, _, _ := tokenDesk(t)
	s := startSession(t, dir, "doctor", "--token")
	s.expect("it is not shown")
	s.send("eyJ")
	s.press("ctrl-c")
	if code := s.wait(); code != exitFailed {
		t.Errorf("exit code is %d:\n%s", code, s.text())
	}
	if strings.Contains(s.text(), "eyJ") || !strings.Contains(s.text(), "interrupted") {
		t.Errorf("the screen shows\n%s", s.text())
	}
}
