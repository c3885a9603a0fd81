package workload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/fabgen/fabgen/runtime/apierror"
)

const (
	// MaxBody bounds the body of a request, in bytes.
	MaxBody = 1 << 20
	// maxDisplayName is the contract's bound, in characters.
	maxDisplayName = 256
)

// members are the members of a JSON object by their exact names.
type members map[string]json.RawMessage

// readMembers reads a request's body as one JSON object: at most MaxBody bytes of valid UTF-8, no name twice at the
// top level, nothing after it. Members that the contract does not know are ignored by whoever picks from the result.
func readMembers(w http.ResponseWriter, r *http.Request) (members, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		return nil, bodyReadError(err)
	}
	if !utf8.Valid(data) {
		return nil, invalidBody("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if token, err := dec.Token(); err != nil || token != json.Delim('{') {
		return nil, invalidBody("it is not a JSON object")
	}
	out := members{}
	for dec.More() {
		if err := out.read(dec); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, invalidBody("it is not valid JSON")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, invalidBody("there is text after the JSON object")
	}
	return out, nil
}

func (m members) read(dec *json.Decoder) error {
	token, err := dec.Token()
	name, ok := token.(string)
	if err != nil || !ok {
		return invalidBody("it is not valid JSON")
	}
	if _, twice := m[name]; twice {
		return invalidBody(fmt.Sprintf("it has the member %.40q twice", name))
	}
	var value json.RawMessage
	if err := dec.Decode(&value); err != nil {
		return invalidBody("it is not valid JSON")
	}
	m[name] = value
	return nil
}

// text picks an optional string; nil where it is absent or null.
func (m members) text(name string) (*string, error) {
	raw := m.value(name)
	if raw == nil {
		return nil, nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, invalidBody(fmt.Sprintf("%s is not a string", name))
	}
	if strings.ContainsRune(s, 0) {
		return nil, invalidBody(name + " has a NUL character")
	}
	return &s, nil
}

// value picks an optional JSON value; nil where it is absent or null.
func (m members) value(name string) json.RawMessage {
	raw := m[name]
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// displayName picks and checks the name of an item.
func (m members) displayName() (*string, error) {
	name, err := m.text("displayName")
	if err != nil || name == nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(*name); n == 0 || n > maxDisplayName {
		return nil, invalidBody(fmt.Sprintf("displayName has %d characters; 1 to %d are right", n, maxDisplayName))
	}
	return name, nil
}

func bodyReadError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return apierror.Newf(http.StatusRequestEntityTooLarge, apierror.PayloadTooLarge,
			"The body is over %d bytes.", tooLarge.Limit).Permanent(true)
	}
	return invalidBody("it could not be read to its end").Because(err)
}

func invalidBody(why string) *apierror.Error {
	return apierror.Newf(http.StatusBadRequest, apierror.InvalidRequest, "The body is not right: %s.", why).Permanent(true)
}
