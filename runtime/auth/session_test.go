package auth_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

func (w *world) longRunning(t *testing.T, a *auth.Authenticator) context.Context {
	t.Helper()
	ctx, err := a.LongRunning(w.as(t, entratest.Expires(5*time.Minute)), storage)
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

func TestResume(t *testing.T) {
	w := newWorld(t)
	ctx := w.longRunning(t, w.auth)
	id := auth.SessionID(ctx)
	if id == "" || auth.SessionID(t.Context()) != "" || auth.SessionID(w.longRunning(t, w.auth)) == id {
		t.Errorf("session IDs are not one's own")
	}
	w.clock.Advance(7 * time.Minute)
	resumed, err := w.auth.Resume(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if token := w.verified(t, resumed, graph); token.ObjectID != entratest.DefaultUserID {
		t.Errorf("token = %+v", token)
	}
	if again, err := w.auth.LongRunning(resumed, storage); err != nil || auth.SessionID(again) != id {
		t.Errorf("LongRunning within a session: %v", err)
	}
	for name, id := range map[string]string{"unknown": "x", "empty": "", "odd": "../\n"} {
		if _, err := w.auth.Resume(t.Context(), id); !errors.Is(err, auth.ErrNoSession) {
			t.Errorf("%s: err = %v, want ErrNoSession", name, err)
		}
	}
}

func TestSessionsAreForgotten(t *testing.T) {
	w := newWorld(t)
	unused, used := w.longRunning(t, w.auth), w.longRunning(t, w.auth)
	for range 5 {
		w.clock.Advance(5 * time.Hour)
		w.verified(t, used, storage)
	}
	if _, err := w.auth.Resume(t.Context(), auth.SessionID(unused)); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("unused for 25 hours: err = %v, want ErrNoSession", err)
	}
	if _, err := w.auth.Resume(t.Context(), auth.SessionID(used)); err != nil {
		t.Errorf("in use: %v", err)
	}
	w.auth.EndLongRunning(used)
	w.auth.EndLongRunning(t.Context()) // has none
	if _, err := w.auth.Resume(t.Context(), auth.SessionID(used)); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("ended: err = %v, want ErrNoSession", err)
	}
	_, err := w.auth.Token(used, graph)
	wantReason(t, err, auth.Expired)
}

// A job goes on with the credential that is in force, not with the one that it began with.
func TestASessionSeesARenewedCredential(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "secret")
	write := func(secret string) {
		if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(w.entra.Options.ClientSecret)
	a := w.another(t, func(s *auth.Settings) { s.Credential = auth.SecretFile(file) })
	ctx := w.longRunning(t, a)
	write("another one")
	_, err := a.Token(ctx, graph)
	wantKind(t, err, auth.Misconfigured)
	write(w.entra.Options.ClientSecret)
	if _, err := a.Token(ctx, graph); err != nil {
		t.Error(err)
	}
}

// Each refresh token is used once where Entra hands out new ones, and the last one is kept where it does not.
func TestRefreshTokensRotate(t *testing.T) {
	w := newWorld(t)
	ctx := w.longRunning(t, w.auth)
	w.entra.FailToken(200, `{"access_token":"x","token_type":"Bearer","expires_in":3600,
		"scope":"https://graph.microsoft.com/User.Read","client_info":"e30"}`) // and no refresh token
	if _, err := w.auth.Token(ctx, graph); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(2 * time.Hour)
	w.verified(t, ctx, storage)
	w.entra.RevokeRefreshTokens()
	w.clock.Advance(2 * time.Hour)
	_, err := w.auth.Token(ctx, storage)
	wantKind(t, err, auth.AssertionRejected)
}
