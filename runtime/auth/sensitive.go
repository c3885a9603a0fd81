package auth

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Sensitive is text that may go over the wire and never into a log: a token or a claims challenge. Every way of
// printing it (fmt, log/slog, encoding/json and other encoders of text) gives "[redacted]"; string(s) is the text. One
// way is beyond its reach: fmt calls no methods on what it finds in an unexported field, so a struct that keeps one
// there needs a String of its own.
type Sensitive string

// String returns "[redacted]".
func (Sensitive) String() string { return redacted }

// GoString returns "[redacted]".
func (Sensitive) GoString() string { return redacted }

// Format writes "[redacted]" for every verb.
func (Sensitive) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue returns "[redacted]".
func (Sensitive) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]"; encoding/json and encoding/xml use it too.
func (Sensitive) MarshalText() ([]byte, error) { return []byte(redacted), nil }
