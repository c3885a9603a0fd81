package hops

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// har is the form of HAR 1.2, whose own members begin with an underscore. What was never seen, such as other headers, is
// empty, and sizes are -1.
type har struct {
	Version string     `json:"version"`
	Creator harCreator `json:"creator"`
	Entries []harEntry `json:"entries"`
}

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harEntry struct {
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"` // milliseconds
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`

	ID        int        `json:"_id"`
	From      Actor      `json:"_from"`
	To        Actor      `json:"_to"`
	Kind      Kind       `json:"_kind"`
	About     string     `json:"_about,omitempty"`
	Activity  string     `json:"_activityId,omitempty"`
	Decision  Decision   `json:"_decision,omitempty"`
	Code      string     `json:"_code,omitempty"`
	Reason    string     `json:"_reason,omitempty"`
	Challenge bool       `json:"_challenge,omitempty"`
	Injected  bool       `json:"_injected,omitempty"`
	Tokens    []harToken `json:"_tokens,omitempty"`
}

type harRequest struct {
	Method      string     `json:"method"`
	URL         string     `json:"url"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []struct{} `json:"cookies"`
	Headers     []struct{} `json:"headers"`
	Query       []harPair  `json:"queryString"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
}

type harResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []struct{} `json:"cookies"`
	Headers     []struct{} `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

type harToken struct {
	Token
	Raw string `json:"raw,omitempty"`
}

// Export says how hops are written down.
type Export struct {
	Version string // of fabgen
	// Tokens has the texts of tokens, and what names a person, come along.
	Tokens bool
}

// JSON is hops in the form of an HTTP archive (HAR 1.2), in the order in which they began. They are Redacted unless
// Export.Tokens is set.
func JSON(hops []Hop, o Export) ([]byte, error) {
	hops = Sorted(hops)
	if !o.Tokens {
		hops = Redacted(hops)
	}
	log := har{Version: "1.2", Creator: harCreator{"fabgen", o.Version}, Entries: []harEntry{}}
	for _, h := range hops {
		log.Entries = append(log.Entries, entryOf(h))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // people read it
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(map[string]any{"log": log}); err != nil {
		return nil, fmt.Errorf("writing the hops as JSON: %w", err)
	}
	return out.Bytes(), nil
}

func entryOf(h Hop) harEntry {
	took := float64(h.Duration.Microseconds()) / 1000
	e := harEntry{
		Started: h.Time.UTC().Format(time.RFC3339Nano), Time: took, Timings: harTimings{Wait: took},
		Request: harRequest{Method: cmp.Or(h.Method, "CALL"), URL: address(h), HTTPVersion: "HTTP/1.1", Cookies: []struct{}{},
			Headers: []struct{}{}, Query: queryOf(h.Path), HeadersSize: -1, BodySize: -1},
		Response: harResponse{Status: h.Status, StatusText: http.StatusText(h.Status), HTTPVersion: "HTTP/1.1",
			Cookies: []struct{}{}, Headers: []struct{}{}, Content: harContent{Size: -1}, HeadersSize: -1, BodySize: -1},
		ID: h.ID, From: h.From, To: h.To, Kind: h.Kind, About: h.About, Activity: h.Activity, Decision: h.Decision,
		Code: h.Code, Reason: h.Reason, Challenge: h.Challenge, Injected: h.Injected,
	}
	for _, t := range h.Tokens {
		e.Tokens = append(e.Tokens, harToken{t, t.Raw})
	}
	return e
}

var notInHost = regexp.MustCompile(`[^a-z0-9.-]+`)

// address is an absolute URL, as archives want them: the actor stands for the host.
func address(h Hop) string {
	host := strings.Trim(notInHost.ReplaceAllString(strings.ToLower(string(h.To)), "-"), "-")
	return "http://" + cmp.Or(host, "unnamed") + "/" + strings.TrimPrefix(h.Path, "/")
}

func queryOf(path string) []harPair {
	out := []harPair{}
	_, query, _ := strings.Cut(path, "?")
	for _, pair := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != "" {
			out = append(out, harPair{unescaped(name), unescaped(value)})
		}
	}
	return out
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
