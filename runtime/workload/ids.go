package workload

import (
	"net/http"
	"strings"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// canonicalUUID gives a UUID in lower case, and whether s is one in the canonical form of RFC 9562, section 4:
// 8-4-4-4-12 hexadecimal digits, with no braces and no prefix.
func canonicalUUID(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return "", false
			}
		default:
			if !isHex(s[i]) {
				return "", false
			}
		}
	}
	return strings.ToLower(s), true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// uuidOf checks one ID of a request.
func uuidOf(name, value string) (string, error) {
	id, ok := canonicalUUID(value)
	if !ok {
		return "", apierror.Newf(http.StatusBadRequest, apierror.InvalidRequest,
			"%s must be a UUID such as 01234567-89ab-cdef-0123-456789abcdef.", name).Permanent(true)
	}
	return id, nil
}
