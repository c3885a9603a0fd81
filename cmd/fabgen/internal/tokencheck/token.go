package tokencheck

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// token is a JWT taken apart without judging it: what cannot be read is empty.
type token struct {
	header, claims map[string]json.RawMessage
	payload        []byte // as it stands
	changed        bool   // claims, and not payload, are what it says now
}

func parse(text string) *token {
	t := &token{header: map[string]json.RawMessage{}, claims: map[string]json.RawMessage{}}
	if len(text) > MaxInput {
		return t
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return t
	}
	head, _ := base64.RawURLEncoding.DecodeString(parts[0])
	t.payload, _ = base64.RawURLEncoding.DecodeString(parts[1])
	if json.Unmarshal(head, &t.header) != nil || t.header == nil {
		t.header = map[string]json.RawMessage{}
	}
	if json.Unmarshal(t.payload, &t.claims) != nil || t.claims == nil {
		t.claims = map[string]json.RawMessage{}
	}
	return t
}

// readable says whether there are claims to explain.
func (t *token) readable() bool { return len(t.claims) > 0 }

// text is a claim that is a string, or "".
func (t *token) text(name string) string {
	var s string
	_ = json.Unmarshal(t.claims[name], &s) // of another type: not a text
	return s
}

// number is a claim that is a number of seconds, or 0.
func (t *token) number(name string) int64 {
	var n json.Number
	_ = json.Unmarshal(t.claims[name], &n)
	seconds, _ := n.Int64()
	return seconds
}

// has says whether the claim is there.
func (t *token) has(name string) bool { _, ok := t.claims[name]; return ok }

func (t *token) set(name string, value any) {
	data, _ := json.Marshal(value) // texts and numbers always encode
	t.claims[name], t.changed = data, true
}

func (t *token) remove(name string) {
	delete(t.claims, name)
	t.changed = true
}

// appClaim is the claim that names the calling application.
func (t *token) appClaim() string {
	if t.text("ver") == "2.0" {
		return "azp"
	}
	return "appid"
}
