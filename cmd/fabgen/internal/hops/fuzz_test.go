package hops_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
)

// Whatever a call carries and is answered: it is recorded within bounds, and what goes into a bug report is well formed and
// has nothing of a token's text.
func FuzzProxy(f *testing.F) {
	const header = "eyJhbGciOiJSUzI1NiJ9"
	f.Add("Bearer "+header+".e30.c2ln", "/api", "code=x", `{"errorCode":"A","message":"m"}`, "")
	f.Add(`SubjectAndAppToken1.0 subjectToken="", appToken="`+header+`.e30.c"`, "/workload/x", "", "text", `Bearer error="x", claims="y"`)
	f.Add("Bearer "+header+"."+strings.Repeat("W1", 40)+".c", "/a;b#c\"\n", "a=b&=&%zz", "eyJx.eyJy.z hanna@contoso.example", "")
	f.Add("SubjectAndAppToken1.0", "//", "?", "{", "Basic")
	f.Fuzz(func(t *testing.T, authorization, path, query, body, challenge string) {
		backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", strings.Map(printable, challenge))
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(body))
		}))
		defer backend.Close()
		target, _ := url.Parse(backend.URL)
		recorder := hops.NewRecorder(10)
		proxy := hops.NewProxy(hops.ProxyOptions{Recorder: recorder, BasePath: "/workload"})
		defer proxy.Close()
		proxy.SetTarget(target)
		r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		r.URL = &url.URL{Path: "/" + path, RawQuery: strings.Map(printable, query)}
		r.Header["Authorization"] = []string{strings.Map(printable, authorization)}
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		all := recorder.All()
		if len(all) != 1 || all[0].Decision == hops.Pending || len(all[0].Path) > 512 || len(all[0].Reason) > 1024 || len(all[0].Code) > 128 {
			t.Fatalf("%+v", all)
		}
		wellFormed(t, all)
	})
}

func printable(c rune) rune {
	if c < ' ' || c > '~' {
		return -1
	}
	return c
}

// wellFormed holds exports to what they promise.
func wellFormed(t *testing.T, all []hops.Hop) {
	t.Helper()
	data, err := hops.JSON(all, hops.Export{})
	if err != nil || !json.Valid(data) {
		t.Fatalf("%v %s", err, data)
	}
	diagram, transcript := hops.Mermaid(all), hops.Transcript(all, hops.Story{Whole: true})
	for _, text := range []string{string(data), diagram, transcript} {
		for _, h := range all {
			for _, tok := range h.Tokens {
				if len(tok.Raw) > 20 && strings.Contains(text, tok.Raw) {
					t.Errorf("a token is in %s", text)
				}
			}
		}
		if !utf8.ValidString(text) {
			t.Errorf("%q", text)
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(diagram, "\n"), "\n")[1:] {
		_, text, _ := strings.Cut(line, ": ")
		if !strings.HasPrefix(line, "    ") || strings.ContainsAny(references.ReplaceAllString(text, ""), ";#\"<>%\r") {
			t.Errorf("%q breaks the diagram", line)
		}
	}
}
