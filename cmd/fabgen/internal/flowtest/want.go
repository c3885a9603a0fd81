package flowtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/play"
	"github.com/fabgen/fabgen/runtime/apierror"
)

// want is what the specification says of a flow in a case. What is empty is not looked at.
type want struct {
	before          []string // what the person is asked
	end             string
	status          int
	code, entraCode string
	retryAfter      string
	job             *play.Job // of a job that could be started, and then all that counts
}

// String is it in words, as of what was found.
func (w want) String() string {
	if w.job != nil {
		return found{job: w.job}.String()
	}
	out := found{Result: play.Result{Status: w.status, Code: w.code, EntraCode: w.entraCode}}
	if w.end != "" {
		out.Outcome = play.After(w.end, w.before...)
	}
	text := out.String()
	if w.retryAfter != "" {
		text += ", Retry-After " + w.retryAfter
	}
	return text
}

// String is it in words.
func (f found) String() string {
	if f.job != nil {
		return "job " + f.job.Status + facts("", f.job.Code, f.job.EntraCode)
	}
	status := ""
	if f.Status != 0 && f.Outcome != play.OK {
		status = fmt.Sprint(f.Status)
	}
	return strings.TrimSpace(f.Outcome + facts(status, f.Code, f.EntraCode))
}

func facts(all ...string) string {
	known := slices.DeleteFunc(all, func(s string) bool { return s == "" })
	if len(known) == 0 {
		return ""
	}
	return " (" + strings.Join(known, " ") + ")"
}

// ofAuth are the codes that say that a call was not let in, or has no token.
var ofAuth = []string{apierror.AuthError, apierror.AuthUIRequired, apierror.AccessDenied}

// missed says what of the answer is not as it should be; nothing where all is.
func (w want) missed(f flow, got found) string {
	switch {
	case w.job != nil && got.job != nil:
		return w.missedJob(*got.job)
	case w.end == play.OK:
		return w.missedEnd(f, got)
	case w.end != "" && got.Outcome != play.After(w.end, w.before...):
		return "another outcome"
	case w.status != 0 && got.Status != w.status:
		return "another status"
	case w.code != "" && got.Code != w.code:
		return "another errorCode"
	case w.entraCode != "" && got.EntraCode != w.entraCode:
		return "another code of Entra's"
	case w.retryAfter != "" && got.RetryAfter != w.retryAfter:
		return fmt.Sprintf("Retry-After is %q", got.RetryAfter)
	case w.status == http.StatusServiceUnavailable && f.data() && got.RetryAfter == "":
		return "it has no Retry-After"
	case got.Status == http.StatusUnauthorized && got.Header != nil && !challenges(f, got.Header):
		return fmt.Sprintf("WWW-Authenticate is %q", got.Header.Get("WWW-Authenticate"))
	}
	return ""
}

// challenges says whether a 401 names the scheme that it wants (RFC 9110 section 11.6.1).
func challenges(f flow, h http.Header) bool {
	scheme := "SubjectAndAppToken1.0"
	if f.data() {
		scheme = "Bearer"
	}
	return strings.HasPrefix(h.Get("WWW-Authenticate"), scheme)
}

// reached says whether the handler must be reached, whose answer is then its own affair.
func (w want) reached() bool {
	return w.end == play.OK && (w.job == nil || w.job.Status == "Completed")
}

// missedEnd wants the handler to be reached. What it then answers is its own affair, unless it has to do with tokens.
func (w want) missedEnd(f flow, got found) string {
	ends := []string{play.OK, play.Rejected}
	if f.data() {
		ends = append(ends, play.NotFound, play.Failed)
	}
	for _, end := range ends {
		refused := got.Status == http.StatusUnauthorized || slices.Contains(ofAuth, got.Code)
		if got.Outcome == play.After(end, w.before...) && !refused {
			return ""
		}
	}
	return "another outcome"
}

// missedJob compares how a job ended.
func (w want) missedJob(got play.Job) string {
	switch {
	case w.job.Status == "Completed" && cameToItsEnd(got):
		return ""
	case got.Status != w.job.Status:
		return "another end of the job"
	case got.Code != w.job.Code:
		return "another errorCode of the job"
	case w.job.EntraCode != "" && got.EntraCode != w.job.EntraCode:
		return "another code of Entra's"
	}
	return ""
}

// cameToItsEnd says whether nothing that has to do with tokens ended a job. It may fail for reasons of its own, or go on
// for long.
func cameToItsEnd(job play.Job) bool {
	switch job.Status {
	case "Completed", "InProgress":
		return true
	case "Failed":
		return !slices.Contains(ofAuth, job.Code) && job.Code != apierror.ServiceUnavailable
	}
	return false
}
