package workload_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/workload"
)

// A resource's Retry-After reaches the caller as seconds, and is made up for where it says nothing that can be waited for.
func TestHowLongAResourceAsksToWait(t *testing.T) {
	date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for _, tt := range []struct {
		name, given     string
		atLeast, atMost int
	}{
		{"seconds", "7", 7, 7}, {"none to wait", "0", 0, 0}, {"a date", date(time.Hour), 3500, 3600},
		{"a date that is over", date(-time.Hour), 5, 5}, {"nothing", "", 5, 5}, {"a word", "later", 5, 5},
		{"less than nothing", "-1", 5, 5}, {"too many digits", "99999999999999999999", 5, 5}, {"a fraction", "1.5", 5, 5},
	} {
		for status, want := range map[int]int{429: 429, 500: 503, 503: 503, 0: 503} {
			e := workload.ErrorFor(&workload.ResourceError{Status: status, RetryAfter: tt.given}, auth.DataPlane)
			got, err := strconv.Atoi(e.Header.Get("Retry-After"))
			if err != nil || got < tt.atLeast || got > tt.atMost || e.Status != want {
				t.Errorf("%s with %d became %d with Retry-After %q, want %d to %d",
					tt.name, status, e.Status, e.Header.Get("Retry-After"), tt.atLeast, tt.atMost)
			}
		}
	}
}
