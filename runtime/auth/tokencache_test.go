package auth

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

func newTestKey(t testing.TB) (EncryptionKey, string) {
	t.Helper()
	var secret [secretSize]byte
	_, _ = rand.Read(secret[:])
	key, err := NewEncryptionKey(secret[:])
	if err != nil {
		t.Fatal(err)
	}
	return key, base64.StdEncoding.EncodeToString(secret[:])
}

func TestSealedValues(t *testing.T) {
	old, _ := newTestKey(t)
	current, _ := newTestKey(t)
	sealed := keyRing{old}.seal("name", []byte("value"))
	if bytes.Contains(sealed, []byte("value")) {
		t.Error("it is not encrypted")
	}
	if again := (keyRing{old}).seal("name", []byte("value")); bytes.Equal(again, sealed) {
		t.Error("the same value looks the same twice")
	}
	for name, c := range map[string]struct {
		ring keyRing
		name string
		data []byte
		want string // "" for a refusal
	}{
		"its own":      {keyRing{old}, "name", sealed, "value"},
		"after others": {keyRing{current, old}, "name", sealed, "value"},
		"another key":  {keyRing{current}, "name", sealed, ""},
		"another name": {keyRing{old}, "other", sealed, ""},
		"no key":       {keyRing{}, "name", sealed, ""},
		"nothing":      {keyRing{old}, "name", nil, ""},
		"cut short":    {keyRing{old}, "name", sealed[:len(sealed)-1], ""},
		"head alone":   {keyRing{old}, "name", sealed[:5], ""},
		"version":      {keyRing{old}, "name", append([]byte{2}, sealed[1:]...), ""},
	} {
		t.Run(name, func(t *testing.T) {
			value, err := c.ring.open(c.name, c.data)
			if (err == nil) != (c.want != "") || string(value) != c.want {
				t.Errorf("open = %q, %v, want %q", value, err, c.want)
			}
		})
	}
}

func FuzzOpenSealed(f *testing.F) {
	key, _ := newTestKey(f)
	ring := keyRing{key}
	sealed := ring.seal("name", []byte("value"))
	f.Add("name", sealed)
	f.Add("other", sealed)
	f.Add("", []byte{sealedVersion})
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		value, err := ring.open(name, data)
		if err == nil && (name != "name" || !bytes.Equal(data, sealed) || string(value) != "value") {
			t.Errorf("%q under %q was opened: %q", data, name, value)
		}
	})
}

func TestParseEncryptionKeys(t *testing.T) {
	_, first := newTestKey(t)
	_, second := newTestKey(t)
	keys, err := ParseEncryptionKeys(first + ", " + second)
	if err != nil || len(keys) != 2 || keys[0].IsZero() || keys[0].key.id == keys[1].key.id {
		t.Fatalf("keys = %v, %v", keys, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(verb, keys); strings.Count(text, redacted) != 2 || strings.Contains(text, "0x") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
	short := base64.StdEncoding.EncodeToString([]byte("hunter2"))
	for text, want := range map[string]string{
		"":                      "has 0 bytes, want 32",
		first + ",":             "key 2",
		first + "," + short:     "has 7 bytes, want 32",
		"hunter2!":              "key 1 is not base64",
		first + second:          "key 1 is not base64",
		first + "," + first[1:]: "key 2 is not base64",
	} {
		_, err := ParseEncryptionKeys(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), short) ||
			strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), first[1:20]) {
			t.Errorf("%q: err = %v, want %q and no secret", text, err, want)
		}
	}
}
