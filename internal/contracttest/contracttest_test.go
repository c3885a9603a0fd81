package contracttest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const (
	id      = "01234567-89ab-cdef-0123-456789abcdef"
	item    = "/workload/workspaces/" + id + "/items/Org.Example.Report/" + id
	job     = item + "/jobTypes/Org.Example.Report.Run/instances/" + id
	failure = `{"errorCode":"C","message":"m","source":"User"}`
	server  = `{"errorCode":"C","message":"m. RequestId: r-1","source":"System"}`
)

// call is a request and its reply, each line of a header as "Name: value".
type call struct {
	name, method, path string
	sent               string
	status             int
	headers            []string // beside those that all replies have; "-Name" takes one of them away
	got                string
	want               string // part of what is found; "" where all is right
}

// given is the call that a table's line stands for.
func (c call) given() (*http.Request, *http.Response) {
	req := httptest.NewRequest(c.method, c.path, nil)
	req.Header.Set("x-ms-client-tenant-id", id)
	req.Header.Set("Content-Type", "application/json")
	resp := &http.Response{StatusCode: c.status, Header: http.Header{}}
	usual := []string{"ActivityId: a-1", "RequestId: r-1", "Content-Type: application/json; charset=utf-8"}
	for _, line := range append(usual, c.headers...) {
		if name, remove := strings.CutPrefix(line, "-"); remove {
			resp.Header.Del(name)
			req.Header.Del(name)
			continue
		}
		name, value, _ := strings.Cut(line, ": ")
		resp.Header.Add(name, value)
	}
	return req, resp
}

func TestCheck(t *testing.T) {
	longest := strings.Repeat("é", 256)
	const named, state = `{"displayName":"A"}`, `{"status":"NotStarted"}`
	challenge, after := []string{"WWW-Authenticate: SubjectAndAppToken1.0"}, []string{"Retry-After: 5"}
	tests := []call{
		{"a creation", "POST", item, named, 200, nil, "", ""},
		{"a failure", "POST", item, "", 400, nil, failure, ""},
		{"a state", "GET", job, "", 200, nil, state, ""},
		{"an operation of a workload's own", "PUT", "/api/a/b", "", 204, []string{"-Content-Type"}, "", ""},
		{"a refusal", "GET", job, "", 401, challenge, failure, ""},
		{"health", "GET", "/healthz", "", 200, nil, `{"status":"ok"}`, ""},

		{"another path", "POST", item + "/else", named, 200, nil, "", "no operation"},
		{"another base path", "POST", strings.TrimPrefix(item, "/workload"), named, 200, nil, "", "no operation"},
		{"another method", "PUT", item, named, 200, nil, "", "no operation"},
		{"another status", "POST", item, named, 201, nil, "", "no status 201"},
		{"a status of another operation", "GET", job, "", 409, nil, failure, "no status 409"},

		{"no RequestId", "POST", item, named, 200, []string{"-RequestId"}, "", "RequestId is there 0 times"},
		{"two ActivityIds", "POST", item, named, 200, []string{"ActivityId: a-2"}, "", "ActivityId is there 2 times"},
		{"a RequestId that is not plain", "POST", item, named, 200, []string{"-RequestId", "RequestId: a b"}, "",
			"RequestId"},
		{"no challenge", "GET", job, "", 401, nil, failure, "WWW-Authenticate is there 0 times"},
		{"the other plane's challenge", "GET", job, "", 401, []string{"WWW-Authenticate: Bearer"}, failure,
			"WWW-Authenticate"},
		{"a challenge that is not quoted", "GET", "/api/me", "", 401, []string{"WWW-Authenticate: Bearer error=x"}, failure,
			"WWW-Authenticate"},
		{"no Retry-After", "GET", "/readyz", "", 503, nil, server, "Retry-After is there 0 times"},
		{"a Retry-After that is no number", "GET", "/readyz", "", 503, []string{"Retry-After: soon"}, server, "Retry-After"},

		{"a body where there is none", "POST", item, named, 200, nil, "{}", "none is right"},
		{"another media type", "POST", item, "", 400, []string{"-Content-Type", "Content-Type: text/plain"}, failure,
			"not documented"},
		{"no media type", "POST", item, "", 400, []string{"-Content-Type"}, failure, "not documented"},
		{"not JSON", "POST", item, "", 400, nil, "not found", "not JSON"},
		{"two values", "POST", item, "", 400, nil, failure + failure, "not JSON"},
		{"no body", "POST", item, "", 400, nil, "", "not JSON"},
		{"a member more", "POST", item, "", 400, nil, `{"errorCode":"C","message":"m","source":"User","cause":"x"}`,
			"cause"},
		{"a member less", "POST", item, "", 400, nil, `{"errorCode":"C","message":"m"}`, "source"},
		{"a member in another case", "POST", item, "", 400, nil, `{"ErrorCode":"C","message":"m","source":"User"}`,
			"ErrorCode"},
		{"another type", "POST", item, "", 400, nil, `{"errorCode":1,"message":"m","source":"User"}`, "errorCode"},
		{"another word", "POST", item, "", 400, nil, `{"errorCode":"C","message":"m","source":"Us"}`, "source"},
		{"a member more in a detail", "POST", item, "", 400, nil,
			`{"errorCode":"C","message":"m","source":"User","moreDetails":[{"errorCode":"C","message":"m","x":1}]}`,
			"moreDetails"},
		{"AuthUIRequired that says nothing", "GET", job, "", 401, challenge,
			`{"errorCode":"AuthUIRequired","message":"m","source":"System"}`, "moreDetails"},
		{"an internal error without its RequestId", "GET", job, "", 500, nil, failure, "message"},
		{"an outage", "GET", job, "", 503, after, server, ""},
		{"another status of a job", "GET", job, "", 200, nil, `{"status":"Done"}`, "status"},
		{"a job that failed for nothing", "GET", job, "", 200, nil,
			`{"status":"Failed","endTimeUtc":"2026-01-01T00:00:00Z"}`, "errorDetails"},
		{"a time that is not UTC", "GET", job, "", 200, nil,
			`{"status":"InProgress","startTimeUtc":"2026-01-01T00:00:00+01:00"}`, "startTimeUtc"},

		{"success without a tenant", "POST", item, named, 200, []string{"-x-ms-client-tenant-id"}, "",
			"x-ms-client-tenant-id"},
		{"success on an ID that is none", "DELETE", strings.ReplaceAll(item, id, "1"), "", 200, nil, "", "itemId"},
		{"success with a name too long", "POST", item, `{"displayName":"é` + longest + `"}`, 200, nil, "", "displayName"},
		{"success with the longest name", "POST", item, `{"displayName":"` + longest + `"}`, 200, nil, "", ""},
		{"success without a name", "POST", item, `{}`, 200, nil, "", "displayName"},
		{"success without a body", "POST", item, "", 200, nil, "", "not JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, resp := tt.given()
			_, err := Contract(t).Check(req, []byte(tt.sent), resp, []byte(tt.got))
			if tt.want == "" && err != nil {
				t.Errorf("found %v where all is right", err)
			}
			if tt.want != "" && !strings.Contains(fmt.Sprint(err), tt.want) {
				t.Errorf("found %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestParseFindsMistakes(t *testing.T) {
	const inline = "paths: {/a: {get: {responses: {'200': {content: {application/json: {"
	const end = "}}}}}}}"
	for name, source := range map[string]string{
		"not YAML":                    "a: [",
		"a reference to nothing":      inline + "schema: {$ref: '#/components/schemas/X'}" + end,
		"a schema that is none":       inline + "schema: {type: word}" + end,
		"a reference inside a schema": inline + "schema: {items: {$ref: '#/components/schemas/X'}}" + end,
	} {
		if _, err := Parse([]byte(source)); err == nil {
			t.Errorf("took %s", name)
		}
	}
	if _, err := Parse([]byte(inline + "schema: {type: string}" + end)); err != nil {
		t.Error(err)
	}
}

func TestClientHandsOnWhatItChecks(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ActivityId", r.Header.Get("ActivityId"))
		w.Header().Set("RequestId", "r-1")
		_, _ = io.Copy(w, r.Body)
	}))
	t.Cleanup(echo.Close)
	checker := New(t, Contract(t))
	var reports []string
	checker.report = func(format string, args ...any) { reports = append(reports, fmt.Sprintf(format, args...)) }
	for _, activity := range []string{"a-1", ""} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", echo.URL+"/api/echo", strings.NewReader("sent"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("ActivityId", activity)
		resp, err := checker.Client(echo.Client()).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(resp.Body); string(got) != "sent" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if len(reports) != 1 || !strings.Contains(reports[0], "ActivityId") {
		t.Errorf("reported %q, want one missing ActivityId", reports)
	}
	unseen, all := checker.Unseen(), Contract(t).Replies()
	if slices.Contains(unseen, "POST /api/{route} 2XX") || len(unseen) != len(all)-1 {
		t.Errorf("unseen are %q, want all but one", unseen)
	}
}
