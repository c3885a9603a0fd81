package hops_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
)

// references are Mermaid's for characters.
var references = regexp.MustCompile(`#\d+;`)

var start = time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.UTC)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

// story is a call that fails for want of consent, recorded in the order in which its hops ended.
func story() []hops.Hop {
	const ms = time.Millisecond
	raw := token(`{"aud":"api://x","upn":"hanna@contoso.example"}`)
	return []hops.Hop{
		{ID: 3, Time: at(2), Duration: 3 * ms, From: hops.Backend, To: hops.Entra, Kind: "token", Method: "POST",
			Path: "/853d9f4f-c71b-4420-b6ec-60e503458946/oauth2/v2.0/token", About: "on behalf of the user for https://storage.azure.com (a b)",
			Status: 400, Decision: hops.Refused, Code: "invalid_grant AADSTS65001", Injected: true,
			Reason: "The user \"hanna@contoso.example\"; #1 has not\nconsented. Trace ID: 11111111-2222-3333-4444-555555555555"},
		{ID: 2, Time: at(1), Duration: time.Millisecond, From: hops.Backend, To: hops.Entra, Kind: "keys", Method: "GET", Path: "/common/keys",
			Status: 200},
		{ID: 1, Time: at(0), Duration: 9 * ms, From: hops.Frontend, To: hops.Backend, Kind: hops.KindData, Method: "GET",
			Path: "/api/forecasts/853D9F4F-c71b-4420-b6ec-60e503458946?filter=a;b", Status: 401, Decision: hops.Refused,
			Code: "AuthUIRequired", Challenge: true, Activity: "act", Tokens: []hops.Token{{Role: "bearer", Raw: raw,
				Header: map[string]any{"alg": "RS256", "nested": map[string]any{"jwt": raw}},
				Claims: map[string]any{"aud": "api://x", "upn": "hanna@contoso.example", "Name": "Hanna", "ipaddr": "10.0.0.1", "oid": "o",
					"own": []any{"mail hanna@contoso.example", raw, json.Number("7")}, "amr": []string{raw}, "hanna@contoso.example": true}}}},
		{ID: 4, Time: at(20), From: hops.Fabric, To: hops.Backend, Kind: hops.KindControl, Method: "DELETE", Path: "/workload/x",
			Decision: hops.Pending},
		{ID: 5, Time: at(30), Duration: ms, From: hops.Backend, To: "pricing", Kind: hops.KindResource, Method: "GET", Path: "/prices",
			Status: 200, Decision: hops.Accepted},
	}
}

func export(t *testing.T, withTokens bool) (string, []map[string]any) {
	t.Helper()
	data, err := hops.JSON(story(), hops.Export{Version: "v1", Tokens: withTokens})
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Log struct {
			Version string
			Creator map[string]string
			Entries []map[string]any
		}
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	if out.Log.Version != "1.2" || out.Log.Creator["name"] != "fabgen" || out.Log.Creator["version"] != "v1" {
		t.Errorf("%+v", out.Log)
	}
	return string(data), out.Log.Entries
}

func TestJSON(t *testing.T) {
	text, entries := export(t, false)
	for _, secret := range []string{"eyJ", "hanna", "Hanna", "10.0.0.1", `"raw"`} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is in it", secret)
		}
	}
	if len(entries) != 5 || entries[0]["_id"] != 1.0 || entries[2]["_id"] != 3.0 {
		t.Fatalf("%v", entries)
	}
	first := entries[0]
	request := first["request"].(map[string]any)
	for name, c := range map[string]struct{ got, want any }{
		"started": {first["startedDateTime"], "2026-01-02T03:04:05.006Z"}, "time": {first["time"], 9.0},
		"url":    {request["url"], "http://backend/api/forecasts/853D9F4F-c71b-4420-b6ec-60e503458946?filter=a;b"},
		"query":  {fmt.Sprint(request["queryString"]), "[map[name:filter value:a;b]]"},
		"status": {first["response"].(map[string]any)["status"], 401.0}, "from": {first["_from"], "frontend"},
		"code": {first["_code"], "AuthUIRequired"}, "challenge": {first["_challenge"], true},
		"own": {fmt.Sprint(first["_tokens"].([]any)[0].(map[string]any)["claims"].(map[string]any)["own"]), "[mail … … 7]"},
		"oid": {first["_tokens"].([]any)[0].(map[string]any)["claims"].(map[string]any)["oid"], "o"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
	text, _ = export(t, true)
	for _, secret := range []string{`"raw": "eyJ`, "hanna@contoso.example", "10.0.0.1"} {
		if !strings.Contains(text, secret) {
			t.Errorf("%s is asked for and not in it", secret)
		}
	}
	if before := story()[2].Tokens[0]; before.Claims["Name"] != "Hanna" {
		t.Error("redacting changes what is held")
	}
	if data, err := hops.JSON(nil, hops.Export{}); err != nil || !strings.Contains(string(data), `"entries": []`) {
		t.Errorf("%v %s", err, data)
	}
}

// An e-mail address is hidden wherever it stands, and in whatever form.
func TestAddressesAreHidden(t *testing.T) {
	for _, h := range []hops.Hop{
		{Path: "/api/users/hanna%40contoso.example"}, {Path: "/api/users?upn=hanna%40contoso.example&top=1"},
		{Path: "/api/users?next=%2Fx%3Fupn%3Dhanna%2540contoso.example"}, {Activity: "hanna@contoso.example"},
		{Code: "hanna@contoso.example"}, {Reason: "no hanna@contoso.example"}, {About: "hanna@contoso.example"},
	} {
		data, err := hops.JSON([]hops.Hop{h}, hops.Export{})
		if text := string(data) + hops.Mermaid([]hops.Hop{h}); err != nil || strings.Contains(text, "hanna") || strings.Contains(text, "contoso") {
			t.Errorf("%+v: %v\n%s", h, err, text)
		}
	}
}

func TestMermaid(t *testing.T) {
	const want = `sequenceDiagram
    participant p1 as Front-end
    participant p2 as Back-end
    participant p3 as Entra
    participant p4 as Fabric
    participant p5 as pricing
    p1->>p2: GET /api/forecasts/853D9F4F-c71b-4420-b6ec-60e503458946?filter=a#59;b
    p2->>p3: GET /common/keys
    p3-->>p2: 200 · 1.0 ms
    p2->>p3: POST /853d9f4f-c71b-4420-b6ec-60e503458946/oauth2/v2.0/token · on behalf of the user for https://storage.azure.com (a b)
    p3--xp2: 400 invalid_grant AADSTS65001 (on purpose) · 3.0 ms
    Note over p2: The user #34;…#34;#59; #35;1 has not consented. Trace ID: 11111111-2222-3333-4444-555555555555
    p2--xp1: 401 AuthUIRequired (asks for more) · 9.0 ms
    p4->>p2: DELETE /workload/x
    p2->>p5: GET /prices
    p5-->>p2: 200 accepted · 1.0 ms
`
	if got := hops.Mermaid(story()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever a text is, it stands for itself: it ends no line, begins no directive, no mathematics and no markup.
func TestMermaidOfOddTexts(t *testing.T) {
	for text, want := range map[string]string{
		"%%{init: {}}%%": "#37;#37;{init: {}}#37;#37;", "a\nb\x1b;": "a b#59;", "wrap: x": "wrap#58; x", "nowrap: x": "nowrap#58; x",
		"<b>&amp;": "#60;b#62;#38;amp#59;", "$$x$$": "#36;#36;x#36;#36;", "#35;": "#35;35#59;", `"\`: "#34;#92;", " ": "-",
	} {
		h := hops.Hop{From: "frontend", To: "backend", Path: text, Decision: hops.Pending}
		if got := hops.Mermaid([]hops.Hop{h}); !strings.HasSuffix(got, "\n    p1->>p2: "+want+"\n") {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestTranscript(t *testing.T) {
	const want = `frontend -> backend: GET /api/forecasts/<id-1>?filter=a;b = 401 AuthUIRequired, asks for more
backend -> entra: POST /<id-1>/oauth2/v2.0/token on behalf of the user for https://storage.azure.com (a b) = 400 invalid_grant AADSTS65001, on purpose
fabric -> backend: DELETE /workload/x = pending
backend -> pricing: GET /prices = 200
`
	if got := hops.Transcript(story(), hops.Story{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := hops.Transcript(story(), hops.Story{Whole: true}); !strings.Contains(got, "backend -> entra: GET /common/keys = 200\n") {
		t.Errorf("not whole:\n%s", got)
	}
}

// A job's state is told when it gets another answer.
func TestTranscriptOfPolls(t *testing.T) {
	poll := func(i int, id, status string, code int) hops.Hop {
		return hops.Hop{Time: at(i), From: hops.Fabric, To: hops.Backend, Kind: hops.KindControl, Method: "GET",
			Path: "/workload/jobTypes/a/instances/" + id, Status: code, Code: status}
	}
	const one, two = "11111111-2222-3333-4444-555555555555", "21111111-2222-3333-4444-555555555555"
	var all []hops.Hop
	for i, h := range []hops.Hop{poll(0, one, "", 200), poll(0, one, "", 200), poll(0, two, "", 200), poll(0, one, "X", 503),
		poll(0, one, "", 200)} {
		h.Time = at(i)
		all = append(all, h)
	}
	const line = "fabric -> backend: GET /workload/jobTypes/a/instances/"
	want := line + "<id-1> = 200\n" + line + "<id-2> = 200\n" + line + "<id-1> = 503 X\n" + line + "<id-1> = 200\n"
	if got := hops.Transcript(all, hops.Story{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := hops.Transcript(all, hops.Story{Whole: true}); strings.Count(got, "\n") != 5 {
		t.Errorf("not whole:\n%s", got)
	}
}
