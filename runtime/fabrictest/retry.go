package fabrictest

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Bounds of waiting before a call is made again.
const (
	firstWait   = 500 * time.Millisecond // doubled with each try
	longestWait = 30 * time.Second
)

// again says whether an answer, or its absence, is a reason to make the call once more, and after how long. tries is how
// often it was made.
func again(resp *Response, err error, tries int) (wait time.Duration, ok bool) {
	wait = min(firstWait<<min(tries-1, 10), longestWait)
	if err != nil {
		return wait, true
	}
	switch resp.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if after, found := retryAfter(resp.Header); found {
			return after, after <= longestWait
		}
		return wait, true
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return wait, !resp.permanent()
	}
	return 0, false
}

// permanent says whether the error says of itself that trying again will not help.
func (r *Response) permanent() bool {
	var body struct {
		IsPermanent bool `json:"isPermanent"`
	}
	return json.Unmarshal(r.Body, &body) == nil && body.IsPermanent
}

// retryAfter reads Retry-After, in seconds or as a date (RFC 9110 section 10.2.3).
func retryAfter(h http.Header) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
