package sqlstore

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// ErrText is the refusal of text that Postgres cannot keep: with a NUL, or that is not UTF-8. SQLite could, but what a
// workload may keep must not depend on its database. Payloads and arguments are bytes, and may hold anything.
var ErrText = errors.New("text with a NUL, or that is not UTF-8, cannot be kept")

func checkText(texts ...string) error {
	for _, text := range texts {
		if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			return ErrText
		}
	}
	return nil
}
