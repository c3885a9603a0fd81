package hops

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/fabgen/fabgen/runtime/auth"
)

// The roles of tokens that a call carries.
const (
	roleBearer  = "bearer"
	roleSubject = "subject"
	roleApp     = "app"
)

const compositeScheme = "SubjectAndAppToken1.0"

// composite says whether a call says that it is Fabric's.
func composite(h http.Header) bool {
	return strings.HasPrefix(h.Get("Authorization"), compositeScheme)
}

// carried decodes the tokens of a call's Authorization header. Nothing is verified: that is for whom it is sent to.
func carried(h http.Header) []Token {
	if len(h.Values("Authorization")) == 0 {
		return nil
	}
	if !composite(h) {
		text, err := auth.ParseBearer(h)
		if err != nil {
			return []Token{{Role: roleBearer, Problem: plain(err)}}
		}
		return []Token{decode(roleBearer, text)}
	}
	tokens, err := auth.ParseSubjectAndApp(h)
	if err != nil {
		return []Token{{Role: roleApp, Problem: plain(err)}}
	}
	out := []Token{{Role: roleSubject, Problem: "empty: Fabric calls on nobody's behalf"}}
	if tokens.Subject != "" {
		out[0] = decode(roleSubject, tokens.Subject)
	}
	return append(out, decode(roleApp, tokens.App))
}

// plain is an error of the runtime without the name of its package. It never holds a token.
func plain(err error) string { return strings.TrimPrefix(err.Error(), "auth: ") }

// decode takes a JWT (RFC 7519) apart.
func decode(role, text string) Token {
	t := Token{Role: role, Raw: text}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Problem = fmt.Sprintf("no JWT: it has %d parts, and a JWT has 3", len(parts))
		return t
	}
	var err error
	if t.Header, err = decodeObject(parts[0]); err != nil {
		t.Problem = "no JWT: its header is " + err.Error()
		return t
	}
	if t.Claims, err = decodeObject(parts[1]); err != nil {
		t.Problem = "no JWT: its claims are " + err.Error()
	}
	return t
}

var (
	errNotBase64 = errors.New("no base64url")
	errNotObject = errors.New("no JSON object")
)

// decodeObject reads base64url of a JSON object. Its errors quote nothing of it.
func decodeObject(text string) (map[string]any, error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errNotBase64
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // times and IDs stay as they are written
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil || decoder.More() {
		return nil, errNotObject
	}
	return object, nil
}
