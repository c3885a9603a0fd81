package localentra

import (
	"encoding/json"
	"slices"
	"strings"
)

// authContext is the authentication context (claim acrs) that stands for a second proof.
const authContext = "c1"

// challenge is the claims challenge that asks for the second proof (OpenID Connect Core section 5.5).
const challenge = `{"access_token":{"acrs":{"essential":true,"value":"` + authContext + `"}}}`

// mfaKey is whom a second proof is asked of, and what for.
type mfaKey struct{ user, resource string }

// needsProof says whether a token of the user's for the resource needs the second proof.
func (s *Server) needsProof(u *user, r *resource) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on, ok := s.mfa[mfaKey{u.ID, r.key()}]; ok {
		return on
	}
	return slices.ContainsFunc(u.MFAFor, r.is)
}

// hasProven says whether the user has given the second proof.
func (s *Server) hasProven(u *user) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.proven[u.ID]
}

// proofMissing is the refusal of a token without the second proof.
func proofMissing(name string, r *resource) *Refusal {
	out := refuse(name, 50076, "Due to a configuration change made by your administrator, or because you moved to a "+
		"new location, you must use multi-factor authentication to access '"+r.key()+"'.")
	out.Suberror, out.Claims = "basic_action", challenge
	return out
}

// parseClaims reads a claims parameter, and says whether it asks for the second proof. Claims that mean nothing here
// are passed over, as Entra does.
func parseClaims(text string) (asksProof bool, refusal *Refusal) {
	if text == "" {
		return false, nil
	}
	var claims struct {
		AccessToken map[string]json.RawMessage `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		return false, malformed("The claims parameter is no JSON object of the form {\"access_token\":{…}}.")
	}
	for name, raw := range claims.AccessToken {
		var asked struct {
			Value  string   `json:"value"`
			Values []string `json:"values"`
		}
		_ = json.Unmarshal(raw, &asked) // another shape asks for no value
		switch strings.ToLower(name) {
		case "acrs":
			asksProof = asksProof || asked.Value != "" || len(asked.Values) > 0
		case "polids", "capolids":
			asksProof = true
		case "amr":
			asksProof = asksProof || asked.Value == "mfa" || slices.Contains(asked.Values, "mfa")
		}
	}
	return asksProof, nil
}
