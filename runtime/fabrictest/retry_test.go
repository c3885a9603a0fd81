package fabrictest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// scripted answers calls in turn: a status with a header or a body, or "" for no answer. It is in memory, so that time is
// the test's own.
type scripted struct {
	answers []string // "429 Retry-After: 7", "500 {…}"
	calls   []*http.Request
	at      []time.Duration
	start   time.Time
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	if string(body) != `{"a":1}` {
		return nil, fmt.Errorf("the body is %q", body)
	}
	s.calls, s.at = append(s.calls, r), append(s.at, time.Since(s.start))
	answer := s.answers[min(len(s.calls), len(s.answers))-1]
	if answer == "" {
		return nil, errors.New("connection refused")
	}
	status, rest, _ := strings.Cut(answer, " ")
	resp := &http.Response{Header: http.Header{}, Body: io.NopCloser(strings.NewReader(rest))}
	_, _ = fmt.Sscan(status, &resp.StatusCode)
	if name, value, found := strings.Cut(rest, ": "); found {
		resp.Header.Set(name, value)
	}
	return resp, nil
}

func TestRetries(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		retries int
		status  int // 0: an error
		at      string
	}{
		"good at once":         {[]string{"200"}, 3, 200, "[0s]"},
		"without retries":      {[]string{"503", "200"}, 0, 503, "[0s]"},
		"throttled":            {[]string{"429 Retry-After: 7", "202"}, 3, 202, "[0s 7s]"},
		"throttled for long":   {[]string{"429 Retry-After: 31", "200"}, 3, 429, "[0s]"},
		"throttled, no word":   {[]string{"429", "429", "200"}, 3, 200, "[0s 500ms 1.5s]"},
		"until a date":         {[]string{"503 Retry-After: Sat, 01 Jan 2000 00:00:09 GMT", "200"}, 3, 200, "[0s 9s]"},
		"an outage":            {[]string{"503"}, 3, 503, "[0s 500ms 1.5s 3.5s]"},
		"a failure":            {[]string{"500 {}", "502", "504", "200"}, 3, 200, "[0s 500ms 1.5s 3.5s]"},
		"a permanent failure":  {[]string{`500 {"isPermanent":true}`}, 3, 500, "[0s]"},
		"a refusal":            {[]string{"401"}, 3, 401, "[0s]"},
		"nobody there":         {[]string{"", "200"}, 3, 200, "[0s 500ms]"},
		"nobody there for now": {[]string{""}, 1, 0, "[0s 500ms]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{answers: c.answers, start: time.Now()}
				tokens := 0
				client := &fabrictest.Client{BaseURL: "http://workload", HTTP: &http.Client{Transport: s}, Retries: c.retries,
					Tokens: func() auth.SubjectAndApp { tokens++; return auth.SubjectAndApp{App: fmt.Sprint("app", tokens)} }}
				resp, err := client.Do(t.Context(), "POST", "/x", map[string]int{"a": 1})
				if (err != nil) != (c.status == 0) || err == nil && resp.Status != c.status {
					t.Errorf("%v %v, want %d", resp, err, c.status)
				}
				if got := fmt.Sprint(s.at); got != c.at {
					t.Errorf("called at %s, want %s", got, c.at)
				}
				first := s.calls[0].Header
				for _, r := range s.calls {
					if r.Header.Get("RequestId") != first.Get("RequestId") || r.Header.Get("ActivityId") != first.Get("ActivityId") ||
						r.Header.Get("Authorization") != first.Get("Authorization") {
						t.Errorf("the headers became %v, from %v", r.Header, first)
					}
				}
				if err != nil && !strings.Contains(err.Error(), first.Get("RequestId")) {
					t.Errorf("the error does not name the call: %v", err)
				}
				if err == nil && (resp.RequestID != first.Get("RequestId") || resp.ActivityID != first.Get("ActivityId") || resp.Tries != len(s.calls)) {
					t.Errorf("answer %+v", resp)
				}
			})
		})
	}
}

func TestRetriesEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: []string{"503"}, start: time.Now()}
		client := &fabrictest.Client{BaseURL: "http://workload", HTTP: &http.Client{Transport: s}, Retries: 9,
			Tokens: func() auth.SubjectAndApp { return auth.SubjectAndApp{App: "app"} }}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if resp, err := client.Do(ctx, "POST", "/x", map[string]int{"a": 1}); err != nil || resp.Status != 503 || len(s.calls) != 2 {
			t.Errorf("%v %v after %d calls", resp, err, len(s.calls))
		}
	})
}
