// Package apierror is the one form in which a workload back-end says that a call failed: the ErrorResponse of the
// Workload REST contract, which Fabric hands on to the front-end.
//
// An Error carries what the caller may know (status, header, body) beside what only the log may know (Cause). Write is
// the only place where an error becomes bytes, so that a cause can never reach a caller.
package apierror

import (
	"fmt"
	"net/http"
)

// Codes that the contract and fabgen's own front-end know. A workload may send further codes of its own.
const (
	// AuthUIRequired asks the front-end for a new acquireAccessToken call; the detail says with which parameters.
	AuthUIRequired = "AuthUIRequired"
	// AuthError is a missing or invalid token or scope.
	AuthError = "AuthError"
	// AccessDenied is a caller who is known and may not do this.
	AccessDenied = "AccessDenied"
	// InvalidRequest is a path, query, header or body that breaks the contract.
	InvalidRequest = "InvalidRequest"
	// InvalidItemPayload is a creation or update payload that the item's handler refuses.
	InvalidItemPayload = "InvalidItemPayload"
	// ItemMetadataNotFound is an item that this tenant does not have here.
	ItemMetadataNotFound = "ItemMetadataNotFound"
	// JobNotFound is a job instance that this item does not have.
	JobNotFound = "JobNotFound"
	// UnknownItemType and UnknownJobType are types that no manifest of the workload declares.
	UnknownItemType = "UnknownItemType"
	UnknownJobType  = "UnknownJobType"
	// Conflict is an ID that is in use for something else.
	Conflict = "Conflict"
	// NotFound is a path that no operation is served at, MethodNotAllowed one that is served for other methods.
	NotFound         = "NotFound"
	MethodNotAllowed = "MethodNotAllowed"
	// PayloadTooLarge is a body over the size limit.
	PayloadTooLarge = "PayloadTooLarge"
	// TooManyRequests asks the caller to wait; the Retry-After header says how long.
	TooManyRequests = "TooManyRequests"
	// ResourceFailed is an answer of another service that the workload can do nothing with.
	ResourceFailed = "ResourceFailed"
	// ServiceUnavailable is a dependency that is away for now.
	ServiceUnavailable = "ServiceUnavailable"
	// InternalError hides its cause; its message shows the RequestId, which the log holds too.
	InternalError = "InternalError"
)

// Source says who has to act on an error.
type Source string

// The sources of the contract.
const (
	System   Source = "System"   // the workload or what it runs on
	User     Source = "User"     // the person, for example by other input
	External Source = "External" // a service that the workload calls
)

// Response is the body of every failed call. Its JSON keys are the contract's camelCase.
type Response struct {
	// ErrorCode is one of the codes above or of the workload's own, Message is for people, MessageParameters are
	// for its placeholders, and Source says who has to act. IsPermanent says that the same call will fail again; nil
	// leaves that open.
	ErrorCode         string   `json:"errorCode"`
	Message           string   `json:"message"`
	MessageParameters []string `json:"messageParameters,omitempty"`
	Source            Source   `json:"source"`
	IsPermanent       *bool    `json:"isPermanent,omitempty"`
	MoreDetails       []Detail `json:"moreDetails,omitempty"`
}

// Detail is one further fact about a failed call.
type Detail struct {
	// ErrorCode and Message are as in Response; AdditionalParameters are what a program goes on with.
	ErrorCode            string      `json:"errorCode"`
	Message              string      `json:"message"`
	AdditionalParameters []Parameter `json:"additionalParameters,omitempty"`
}

// Parameter is a named value of a Detail.
type Parameter struct {
	// Name is what the front-end looks for, Value is always text.
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Error is a failed call: what the caller gets, and why for the log. Status, Response and Header are sent; Cause
// never is. It is plain data and must not change once it is shared.
type Error struct {
	Status   int // HTTP status; 0 means 500
	Response     // the body
	Header   http.Header
	Cause    error
}

// New makes an error with the source that goes with its status: User below 500, System from there on.
func New(status int, code, message string) *Error {
	source := User
	if status >= http.StatusInternalServerError {
		source = System
	}
	return &Error{Status: status, Response: Response{ErrorCode: code, Message: message, Source: source}}
}

// Newf is New with a formatted message. The message is sent: do not format a cause, a token or a claim into it.
func Newf(status int, code, format string, args ...any) *Error {
	return New(status, code, fmt.Sprintf(format, args...))
}

// Internal hides a cause behind a general message. Write adds the RequestId.
func Internal(cause error) *Error {
	e := New(http.StatusInternalServerError, InternalError, "The workload could not complete the call.")
	e.Cause = cause
	return e
}

// Permanent gives IsPermanent its value: whether the same call can never succeed.
func (e *Error) Permanent(permanent bool) *Error {
	e.IsPermanent = &permanent
	return e
}

// With adds a detail.
func (e *Error) With(detail Detail) *Error {
	e.MoreDetails = append(e.MoreDetails, detail)
	return e
}

// Because sets the cause, for errors.Is, errors.As and the log.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// SetHeader sets a response header.
func (e *Error) SetHeader(key, value string) *Error {
	if e.Header == nil {
		e.Header = http.Header{}
	}
	e.Header.Set(key, value)
	return e
}

// Error is the text for the developer's log: status, code, message and cause.
func (e *Error) Error() string {
	text := fmt.Sprintf("%d %s: %s", e.status(), e.ErrorCode, e.Message)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

func (e *Error) status() int {
	if e.Status == 0 {
		return http.StatusInternalServerError
	}
	return e.Status
}
