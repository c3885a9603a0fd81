package entratest

import (
	"fmt"
	"net/http"
)

// Refusal is Entra's answer to a request for a token that it refuses (RFC 6749 section 5.2 and Entra's additions).
type Refusal struct {
	// Status is the HTTP status.
	Status int `json:"-"`
	// Name is OAuth's error, such as invalid_grant; Codes are the numbers of the AADSTS codes.
	Name        string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Suberror    string `json:"suberror,omitempty"`
	// Claims is the claims challenge, as JSON.
	Claims        string `json:"claims,omitempty"`
	TraceID       string `json:"trace_id,omitempty"`
	CorrelationID string `json:"correlation_id,omitempty"`
	Timestamp     string `json:"timestamp,omitempty"`
}

// Refuse makes a Refusal whose description begins with AADSTS and the code.
func Refuse(status int, name string, code int, text string) *Refusal {
	return &Refusal{Status: status, Name: name, Codes: []int{code},
		Description: fmt.Sprintf("AADSTS%d: %s", code, text), CorrelationID: "5b6e1a0f-7c2d-4b8e-9f13-6a4d2c0e8b71"}
}

// Write answers with it.
func (r *Refusal) Write(w http.ResponseWriter) { writeJSON(w, r.Status, r) }
