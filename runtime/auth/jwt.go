package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// strictBase64 refuses padding and a non-canonical last character, so that a token has one spelling only. It would
// skip line breaks; tokenText has refused those before.
var strictBase64 = base64.RawURLEncoding.Strict()

// workspace is the memory that one validation needs. It comes from a pool, and nothing in it outlives the validation.
type workspace struct {
	token   [maxToken]byte
	decoded [maxToken]byte
	scanner jsonScanner
	header  header
	claims  rawClaims
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// release clears what was in use, so that no token lies in the pool.
func (w *workspace) release(n int) {
	clear(w.token[:n])
	clear(w.decoded[:n])
	clear(w.scanner.names[:cap(w.scanner.names)])
	w.scanner = jsonScanner{names: w.scanner.names[:0]}
	w.header, w.claims = header{}, rawClaims{}
	workspaces.Put(w)
}

// compact is a JWS in its compact form (RFC 7515 section 7.1), decoded and not yet verified.
type compact struct {
	signed    string // header and payload as they are, which the signature is over
	header    []byte
	payload   []byte
	signature []byte
}

// load bounds the token, copies it into the workspace and takes its digest.
func (w *workspace) load(token string) (digest [sha256.Size]byte, err error) {
	if len(token) > maxToken {
		return digest, tooLarge(len(token), maxToken)
	}
	n := copy(w.token[:], token)
	return sha256.Sum256(w.token[:n]), nil
}

// split decodes the three segments of the token that was loaded.
func (w *workspace) split(token string) (compact, error) {
	if !tokenText(token) {
		return compact{}, malformedToken("", "other characters than base64url and dots",
			"three segments of base64url", nil)
	}
	first := strings.IndexByte(token, '.')
	last := strings.LastIndexByte(token, '.')
	if first < 0 || first == last || strings.Count(token, ".") != 2 {
		return compact{}, malformedToken("", fmt.Sprintf("%d segments", strings.Count(token, ".")+1), "three", nil)
	}
	c := compact{signed: token[:last]}
	free := w.decoded[:]
	var err error
	if c.header, free, err = w.decode("header", free, 0, first); err != nil {
		return compact{}, err
	}
	if c.payload, free, err = w.decode("payload", free, first+1, last); err != nil {
		return compact{}, err
	}
	c.signature, _, err = w.decode("signature", free, last+1, len(token))
	return c, err
}

// decode decodes the token from start to end into the free memory, and gives what is left of that.
func (w *workspace) decode(segment string, free []byte, start, end int) (decoded, left []byte, err error) {
	n, err := strictBase64.Decode(free, w.token[start:end])
	switch {
	case err != nil:
		return nil, nil, malformedToken(segment, "invalid base64url", "base64url without padding", nil)
	case n == 0:
		return nil, nil, malformedToken(segment, "nothing", "a "+segment, nil)
	}
	return free[:n:n], free[n:], nil
}

func malformedToken(part, found, want string, cause error) *ValidationError {
	return &ValidationError{Reason: MalformedToken, Claim: part, Found: found, Want: want, Cause: cause}
}

// maxKeyID bounds kid. Entra's own are 27 to 43 characters.
const maxKeyID = 256

// header is what of a JOSE header matters.
type header struct {
	alg, kid, typ []byte
	hasTyp        bool
}

var errNotText = errors.New("it is not a string")

// member takes the parameters that matter and refuses those that would make the verifier follow the token's author:
// keys that the token brings or points to, and extensions that must be understood (RFC 7515 section 4.1, RFC 8725
// sections 2.9 and 3.10).
func (h *header) member(name []byte, s *jsonScanner) error {
	var err error
	switch string(name) {
	case "alg":
		h.alg, err = s.textValue()
	case "kid":
		h.kid, err = s.textValue()
	case "typ":
		h.hasTyp = true
		h.typ, err = s.textValue()
	case "crit", "jwk", "jku", "x5u", "x5c":
		return fmt.Errorf("the parameter %s is there, and Entra sends none", name)
	default:
		return s.skip()
	}
	if err != nil {
		return fmt.Errorf("the parameter %s: %w", name, err)
	}
	return nil
}

// textValue reads a string value.
func (s *jsonScanner) textValue() ([]byte, error) {
	if s.next() != '"' {
		return nil, errNotText
	}
	return s.text()
}

// readHeader decodes and checks the header; the error says which parameter is wrong.
func (w *workspace) readHeader(data []byte) (*header, error) {
	w.header = header{}
	h := &w.header
	if err := w.scanner.scanObject(data, h); err != nil {
		return h, malformedToken("header", "", "", err)
	}
	if string(h.alg) != "RS256" {
		return h, &ValidationError{Reason: UnsupportedAlgorithm, Claim: "alg", Found: quote(string(h.alg)),
			Want: "RS256"}
	}
	if h.hasTyp && !isTokenType(h.typ) {
		return h, malformedToken("typ", quote(string(h.typ)), "JWT", nil)
	}
	if len(h.kid) == 0 || len(h.kid) > maxKeyID || !isKeyID(h.kid) {
		return h, malformedToken("kid", quote(string(h.kid)),
			"Entra's key ID: letters, digits, dashes and underscores", nil)
	}
	return h, nil
}

// isTokenType takes what Entra sends and the type of RFC 9068; media types have no case (RFC 7515 section 4.1.9).
func isTokenType(typ []byte) bool {
	for _, right := range []string{"JWT", "at+jwt", "application/at+jwt"} {
		if strings.EqualFold(string(typ), right) {
			return true
		}
	}
	return false
}

func isKeyID(kid []byte) bool {
	for _, c := range kid {
		if !tokenChars[c] && c != '=' && c != '+' {
			return false
		}
	}
	return true
}
