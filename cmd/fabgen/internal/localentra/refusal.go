package localentra

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// Refusal is an answer of Entra's that is no. It is an error of Server.UserToken and Server.AppToken, too.
type Refusal struct {
	entratest.Refusal
	// Shown says that Entra shows it to the person, and does not redirect: nobody knows whether the redirect URI is the
	// application's.
	Shown bool
	// Injected says that FailNext asked for it.
	Injected bool
}

// Error is Entra's description, which names neither people nor secrets.
func (r *Refusal) Error() string { return r.Name + ": " + r.Description }

// Code is the number of the AADSTS code.
func (r *Refusal) Code() int { return r.Codes[0] }

func refuse(name string, code int, text string) *Refusal {
	status := http.StatusBadRequest
	if name == "invalid_client" && code != 650052 && code != 650053 {
		status = http.StatusUnauthorized
	}
	return &Refusal{Refusal: *entratest.Refuse(status, name, code, text)}
}

// show makes it one that the person is shown.
func (r *Refusal) show() *Refusal {
	r.Shown = true
	return r
}

// missing is the refusal of a request that lacks a parameter.
func missing(parameter string) *Refusal {
	return refuse("invalid_request", 900144, "The request must contain the following parameter: '"+parameter+"'.")
}

// malformed is the refusal of a parameter that does not have its form.
func malformed(text string) *Refusal { return refuse("invalid_request", 90023, text) }

// stamp fills in what Entra adds to each refusal, so that it can be found in a log.
func (s *Server) stamp(refusal *Refusal, r *http.Request) *Refusal {
	out := *refusal
	out.TraceID = uuid.NewString()
	if out.CorrelationID = r.Header.Get("client-request-id"); uuid.Validate(out.CorrelationID) != nil {
		out.CorrelationID = uuid.NewString()
	}
	out.Timestamp = s.options.Now().UTC().Format("2006-01-02 15:04:05Z")
	out.Description += " Trace ID: " + out.TraceID + " Correlation ID: " + out.CorrelationID +
		" Timestamp: " + out.Timestamp
	return &out
}

// shorten bounds what of a request is said again, and takes out what is not printable.
func shorten(text string) string {
	const most = 120
	var out []rune
	for _, c := range text {
		if len(out) == most {
			return string(out) + "…"
		}
		if c < ' ' || c == 0x7f || c == '\u2028' || c == '\u2029' || c == 0xfffd {
			c = '?'
		}
		out = append(out, c)
	}
	return string(out)
}
