package localentra_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
)

func TestFaults(t *testing.T) {
	w := start(t)
	if err := w.Consent(hanna, storageScope); err != nil {
		t.Fatal(err)
	}
	for fault, want := range map[localentra.Fault]struct {
		status int
		code   string
	}{
		localentra.FaultConsent: {400, "65001"}, localentra.FaultClaims: {400, "50076"},
		localentra.FaultNotEnabled: {400, "650052"}, localentra.FaultSecretInvalid: {401, "7000215"},
		localentra.FaultSecretExpired: {401, "7000222"},
		localentra.FaultThrottled:     {429, "90055"}, localentra.FaultOutage: {503, "90033"},
	} {
		if err := w.FailNext(fault); err != nil {
			t.Fatal(err)
		}
		status, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna)))
		if status != want.status || aadsts(body) != want.code {
			t.Errorf("%s: %d %v", fault, status, body)
		}
		if e := w.last(t, localentra.KindToken); !e.Injected || e.Status != want.status {
			t.Errorf("%s: %+v", fault, e)
		}
		if status, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna))); status != 200 {
			t.Errorf("after %s: %d %v", fault, status, body)
		}
	}
	if err := w.FailNext("x"); err == nil || len(localentra.Faults()) != 7 {
		t.Error("an unknown fault was taken")
	}
	if err := w.FailNext(localentra.FaultConsent); err != nil {
		t.Fatal(err)
	}
	w.ForgetFaults()
	if status, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna))); status != 200 {
		t.Errorf("a fault that was taken back: %d %v", status, body)
	}
	w.Throttle(1, time.Second)
	w.SetLatency(20 * time.Millisecond)
	if status, _ := w.post(t, tenantID, "", w.obo(w.subject(t, hanna))); status != 429 {
		t.Errorf("throttled: %d", status)
	}
	if e := w.last(t, localentra.KindToken); !e.Injected || e.Decision != "refused" || e.Duration < 20*time.Millisecond {
		t.Errorf("%+v", e)
	}
	w.SetLatency(0)
	w.ExpireSecret(true)
	if _, body := w.post(t, tenantID, "", w.obo(w.subject(t, hanna))); aadsts(body) != "7000222" {
		t.Errorf("%v", body)
	}
	w.ExpireSecret(false)
	w.SetTokenLifetime(-time.Minute)
	late := w.subject(t, hanna)
	w.SetTokenLifetime(time.Hour)
	if _, body := w.post(t, tenantID, "", w.obo(late)); aadsts(body) != "500133" {
		t.Errorf("%v", body)
	}
	w.SetOutage(true)
	for _, base := range []string{w.URL, w.PagesURL} {
		resp, err := w.Client().Get(base + "/common/oauth2/v2.0/authorize")
		if got := status(t, resp, err); got != 503 {
			t.Errorf("%s: %d", base, got)
		}
	}
}

func TestRotation(t *testing.T) {
	w := start(t)
	old := w.subject(t, hanna)
	if err := w.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.VerifyFor(old, audience); err != nil {
		t.Error(err)
	}
	w.RetireKeys()
	if _, err := w.VerifyFor(old, audience); err == nil {
		t.Error("a retired key still counts")
	}
	if _, err := w.VerifyFor(w.subject(t, hanna), audience); err != nil {
		t.Error(err)
	}
}

// Who watches sees claims, and no token, code or secret.
func TestEventsHoldNoTokens(t *testing.T) {
	w := start(t)
	code := w.code(t, hanna, request("scope", "openid offline_access "+storageScope))
	_, body := w.post(t, "common", spaOrigin, redeem(code))
	subject := w.subject(t, hanna)
	_, exchanged := w.post(t, tenantID, "", w.obo(subject, "scope", storageScope+" offline_access"))
	w.mu.Lock()
	defer w.mu.Unlock()
	data, err := json.Marshal(w.events)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{code, subject, w.ClientSecret, verifier}
	for _, answer := range []map[string]any{body, exchanged} {
		for _, name := range []string{"access_token", "id_token", "refresh_token"} {
			if text, ok := answer[name].(string); ok {
				secrets = append(secrets, text)
				if parts := strings.Split(text, "."); len(parts) == 3 {
					secrets = append(secrets, parts[2])
				}
			}
		}
	}
	if len(secrets) < 9 {
		t.Fatalf("%d secrets only", len(secrets))
	}
	for i, secret := range secrets {
		if strings.Contains(string(data), secret) {
			t.Errorf("secret %d is in the events", i)
		}
	}
	kinds := []string{}
	for _, e := range w.events {
		if e.Kind == localentra.KindToken {
			for _, token := range e.Tokens {
				kinds = append(kinds, token.Kind)
			}
		}
	}
	if !slices.Equal(kinds, []string{"access", "id", "refresh", "access", "refresh"}) {
		t.Errorf("%v", kinds)
	}
}
