package apierror

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	cause := errors.New("secret cause")
	tests := []struct {
		name   string
		err    *Error
		status int
		want   string
		header map[string]string
	}{
		{"nil is internal", nil, 500,
			`{"errorCode":"InternalError","message":"The workload could not complete the call. RequestId: req-1",` +
				`"source":"System"}`, nil},
		{"the cause stays here", Internal(cause), 500,
			`{"errorCode":"InternalError","message":"The workload could not complete the call. RequestId: req-1",` +
				`"source":"System"}`, nil},
		{"no status is 500", &Error{Response: Response{ErrorCode: "X", Message: "m.", Source: External}}, 500,
			`{"errorCode":"X","message":"m. RequestId: req-1","source":"External"}`, nil},
		{"every member",
			New(401, AuthUIRequired, "sign in").Permanent(false).SetHeader("WWW-Authenticate", `Bearer error="x"`).
				With(Detail{ErrorCode: "C", Message: "d", AdditionalParameters: []Parameter{{"n", "v"}}}).Because(cause),
			401,
			`{"errorCode":"AuthUIRequired","message":"sign in","source":"User","isPermanent":false,` +
				`"moreDetails":[{"errorCode":"C","message":"d","additionalParameters":[{"name":"n","value":"v"}]}]}`,
			map[string]string{"WWW-Authenticate": `Bearer error="x"`}},
		{"text of others is escaped", Newf(400, InvalidRequest, "found %q", "</script>"), 400,
			`{"errorCode":"InvalidRequest","message":"found \"\u003c/script\u003e\"","source":"User"}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			rec.Header().Set(HeaderRequestID, "req-1")
			Write(rec, httptest.NewRequest(http.MethodGet, "/", nil), tt.err)
			if rec.Code != tt.status {
				t.Errorf("status %d, want %d", rec.Code, tt.status)
			}
			if got := strings.TrimSpace(rec.Body.String()); got != tt.want {
				t.Errorf("body\n%s\nwant\n%s", got, tt.want)
			}
			if ct := rec.Header().Get("Content-Type"); ct != "application/json; charset=utf-8" {
				t.Errorf("Content-Type %q", ct)
			}
			for key, want := range tt.header {
				if got := rec.Header().Get(key); got != want {
					t.Errorf("%s %q, want %q", key, got, want)
				}
			}
		})
	}
}

func TestWriteHeadHasNoBody(t *testing.T) {
	rec := httptest.NewRecorder()
	Write(rec, httptest.NewRequest(http.MethodHead, "/", nil), New(404, NotFound, "nothing here"))
	if body, _ := io.ReadAll(rec.Body); len(body) != 0 || rec.Code != 404 {
		t.Errorf("status %d, body %q", rec.Code, body)
	}
}

func TestWriteLeavesTheErrorAlone(t *testing.T) {
	e := Internal(nil)
	before, _ := json.Marshal(e.Response)
	rec := httptest.NewRecorder()
	rec.Header().Set(HeaderRequestID, "req-1")
	Write(rec, nil, e)
	if after, _ := json.Marshal(e.Response); string(after) != string(before) {
		t.Errorf("changed to %s", after)
	}
}

func TestErrorIsForTheLog(t *testing.T) {
	cause := errors.New("disk full")
	err := error(Internal(cause))
	if !errors.Is(err, cause) {
		t.Error("the cause is not found by errors.Is")
	}
	if got, want := err.Error(), "500 InternalError: The workload could not complete the call.: disk full"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := New(404, NotFound, "gone").Error(), "404 NotFound: gone"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
