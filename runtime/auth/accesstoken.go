package auth

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// AccessToken is a token for a resource. Printing it tells when it expires; string(t.Value) is the token.
type AccessToken struct {
	// Value is the token, for an Authorization header.
	Value Sensitive
	// Expiry is when it ends. Tokens are given out while they live for another half a minute at least.
	Expiry time.Time
}

// String tells when the token expires, and not what it is.
func (t AccessToken) String() string {
	return "AccessToken{" + redacted + ", expires " + stamp(t.Expiry) + "}"
}

// GoString is String.
func (t AccessToken) GoString() string { return t.String() }

// Format writes String for every verb.
func (t AccessToken) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, t.String()) }

// LogValue is String.
func (t AccessToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText is String; encoding/json and encoding/xml use it too.
func (t AccessToken) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
