package workload

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// ResourceError is an answer of a resource that is not 2xx, or its silence (Status 0). Its text holds the resource's
// own error code and nothing else that it sent.
type ResourceError struct {
	Resource   string // name in fabgen.yaml
	Status     int    // 0: it could not be reached
	Code       string // the resource's own error code, where it gave one
	RetryAfter string // its Retry-After header

	cause error
}

// Error is one line for the log.
func (e *ResourceError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("workload: %s could not be reached: %v", e.Resource, e.cause)
	}
	return strings.TrimSuffix(fmt.Sprintf("workload: %s answered %d %s", e.Resource, e.Status, e.Code), " ")
}

// Unwrap gives what kept the resource from being reached.
func (e *ResourceError) Unwrap() error { return e.cause }

func newResourceError(name string, resp *http.Response, body []byte) *ResourceError {
	e := &ResourceError{Resource: name, Status: resp.StatusCode, Code: resp.Header.Get("X-Ms-Error-Code"),
		RetryAfter: resp.Header.Get("Retry-After")}
	if e.Code == "" {
		e.Code = errorCode(body)
	}
	e.Code = printable(e.Code, 64)
	return e
}

// errorCode finds the code in the forms that Microsoft's APIs use.
func errorCode(body []byte) string {
	var known struct {
		ErrorCode string          `json:"errorCode"`
		Error     json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &known) != nil {
		return ""
	}
	var inner struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(known.Error, &inner) == nil && inner.Code != "" {
		return inner.Code
	}
	return known.ErrorCode
}

// printable keeps what can stand in a log and in a header.
func printable(s string, bound int) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s[:min(len(s), bound)])
}

// unreachable marks an error of the network, so that it is told from the caller's going away and from a token that
// could not be had.
func unreachable(name string, err error) error {
	var network net.Error // *url.Error is one, whatever is in it
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &network) && network.Timeout(), errors.As(err, &op), errors.As(err, &certificate),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &ResourceError{Resource: name, cause: err}
	}
	return err
}

// apiError is what the workload's own caller learns: the resource's refusal is the caller's, its throttling is passed
// on with its Retry-After, and all else is the resource's trouble. Whoever may try again is told when.
func (e *ResourceError) apiError() *apierror.Error {
	answer := func(status int, code, format string, args ...any) *apierror.Error {
		out := apierror.Newf(status, code, format, args...).Because(e)
		out.Source = apierror.External
		return out
	}
	wait := retryAfter(e.RetryAfter)
	switch {
	case e.Status == http.StatusTooManyRequests:
		return answer(e.Status, apierror.TooManyRequests, "%s asks to wait.", e.Resource).
			SetHeader("Retry-After", wait).Permanent(false)
	case e.Status == http.StatusForbidden:
		return answer(e.Status, apierror.AccessDenied, "%s does not allow this.", e.Resource)
	case e.Status == http.StatusNotFound:
		return answer(e.Status, apierror.NotFound, "%s has no such thing.", e.Resource)
	case e.Status == 0 || e.Status >= http.StatusInternalServerError:
		return answer(http.StatusServiceUnavailable, apierror.ServiceUnavailable,
			"%s is not available; try again later.", e.Resource).SetHeader("Retry-After", wait).Permanent(false)
	}
	return answer(http.StatusBadGateway, apierror.ResourceFailed, "%s answered with status %d.", e.Resource, e.Status)
}

// retryAfter is a resource's Retry-After, seconds or a date (RFC 9110 section 10.2.3), in the contract's seconds; those
// of defaultRetryAfter where it gave none that can be read or one that is over.
func retryAfter(value string) string {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return strconv.FormatUint(seconds, 10)
	}
	if date, err := http.ParseTime(value); err == nil && time.Until(date) > 0 {
		return strconv.Itoa(int(math.Ceil(time.Until(date).Seconds())))
	}
	return defaultRetryAfter
}

// defaultRetryAfter is told where nobody knows better, in seconds.
const defaultRetryAfter = "5"
