package auth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

// hidden is a struct of somebody else's, in which fmt cannot call the methods of what it holds.
type hidden struct{ v any }

// printings are the ways in which a value gets into a log.
func printings(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
		fmt.Fprintf(&b, verb+"\n", []any{v})
		fmt.Fprintf(&b, verb+"\n", map[string]any{"k": v})
		fmt.Fprintf(&b, verb+"\n", struct{ Field any }{v})
	}
	data, _ := json.Marshal(map[string]any{"v": v})
	b.Write(data)
	data, _ = xml.Marshal(v)
	b.Write(data)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	if err, ok := v.(error); ok {
		b.WriteString(err.Error())
	}
	return b.String()
}

func TestNothingPrintsASecret(t *testing.T) {
	w := newWorld(t)
	ctx := w.as(t)
	caller, _ := auth.CallerFrom(ctx)
	token, err := w.auth.Token(ctx, storage)
	if err != nil {
		t.Fatal(err)
	}
	subject := w.entra.SubjectToken()
	claims, err := w.auth.ValidateSubject(ctx, subject)
	if err != nil {
		t.Fatal(err)
	}
	const challenge = `{"access_token":{"secret":1}}`
	settings := w.entra.Settings()
	encryption := bytes.Repeat([]byte("0123456789abcdef"), 2)
	key, err := auth.NewEncryptionKey(encryption)
	if err != nil {
		t.Fatal(err)
	}
	settings.TokenCacheKeys = []auth.EncryptionKey{key}
	for name, c := range map[string]struct {
		value  any
		secret string
	}{
		"AccessToken":          {token, string(token.Value)},
		"*AccessToken":         {&token, string(token.Value)},
		"Sensitive":            {token.Value, string(token.Value)},
		"Caller":               {caller, "eyJ"},
		"Claims":               {claims, "eyJ"},
		"SubjectAndApp":        {auth.SubjectAndApp{Subject: subject, App: subject}, subject},
		"Settings":             {settings, w.entra.Options.ClientSecret},
		"EncryptionKey":        {key, string(encryption)},
		"Credential":           {settings.Credential, w.entra.Options.ClientSecret},
		"ExchangeError":        {&auth.ExchangeError{Kind: auth.ClaimsChallenge, Claims: challenge}, "secret"},
		"ExchangeError, plain": {auth.ExchangeError{Kind: auth.ClaimsChallenge, Claims: challenge}, "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			text := printings(c.value)
			for _, secret := range []string{c.secret, fmt.Sprintf("%x", c.secret), fmt.Sprintf("%X", c.secret)} {
				if i := strings.Index(text, secret); i >= 0 {
					t.Errorf("printed: …%.200s", text[max(i-100, 0):])
				}
			}
		})
	}
	for _, v := range []any{caller, settings, settings.Credential} { // these keep their secrets even so
		if text := fmt.Sprintf("%v %+v %#v", hidden{v}, hidden{v}, hidden{v}); strings.Contains(text, "eyJ") ||
			strings.Contains(text, w.entra.Options.ClientSecret) {
			t.Errorf("printed: %s", text)
		}
	}
	var none *auth.Caller
	if !strings.Contains(none.String()+none.LogValue().String()+(*auth.Claims)(nil).String(), "nil") ||
		none.HasSubject() {
		t.Error("a nil Caller or Claims cannot be printed")
	}
}

// Everything goes wrong once, at the most talkative level, and the log is searched for what must not be there.
func TestLogsHoldNoSecrets(t *testing.T) {
	const claims = `{"access_token":{"acrs":{"essential":true,"value":"challenge-value"}}}`
	w := newWorld(t)
	server := w.serve(t)
	secrets := map[string]string{
		"the client secret": w.entra.Options.ClientSecret, "an e-mail": "user@example.com", "a name": "Example User",
		"claims": "challenge-value", "a token": "eyJ", "Entra's text": "must use multi-factor",
	}
	for _, header := range []string{
		"Bearer " + w.entra.SubjectToken(entratest.Scopes(scope)), "Bearer " + w.entra.SubjectToken(entratest.Audience("x")),
		"Bearer " + w.entra.SubjectToken(entratest.Unsigned()), "Basic dXNlcjpwYXNz", "Bearer eyJ.eyJ.eyJ==", w.entra.Authorization(),
	} {
		for _, path := range []string{"/api/forecasts", "/workload/create"} {
			call(t, server.URL+path, http.Header{"Authorization": {header},
				"X-Ms-Client-Tenant-Id": {entratest.DefaultUserTenantID}})
		}
	}
	var failures []error
	try := func(script func()) {
		script()
		_, err := w.auth.Token(w.as(t), storage)
		failures = append(failures, err)
		_, err = w.auth.SubjectAndAppHeader(w.as(t))
		failures = append(failures, err)
	}
	try(func() { w.entra.SetConsent(storage.URI, false) })
	try(func() { w.entra.RequireClaims(storage.URI, claims); w.entra.SetConsent(storage.URI, true) })
	try(func() { w.entra.SetDeclined(storage.URI, true) })
	try(func() { w.entra.ExpireSecret(true) })
	try(func() {
		w.entra.ExpireSecret(false)
		w.entra.FailToken(400, `{"error":"invalid_grant","error_description":"AADSTS50013 user@example.com"}`)
	})
	try(func() { w.entra.FailToken(200, `{"access_token":"eyJ","error":"x user@example.com"}`) })
	try(func() { w.entra.Throttle(99, time.Minute) })
	try(func() { w.entra.SetOutage(true) })
	try(func() { w.entra.Close() })

	log := w.log.String()
	for _, err := range failures {
		for ; err != nil; err = errors.Unwrap(err) {
			log += printings(err)
		}
	}
	for name, secret := range secrets {
		if i := strings.Index(log, secret); i >= 0 {
			t.Errorf("%s is in a log or an error: …%.300s", name, log[max(i-150, 0):])
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(w.log.String()), "\n") {
		if strings.Contains(line, "exchange failed") && !strings.Contains(line, `"requestId":"`) {
			t.Errorf("a line without request ID: %s", line)
		}
	}
	if !strings.Contains(log, `"level":"ERROR"`) || !strings.Contains(log, "AADSTS7000222") {
		t.Error("an expired secret is not loud in the log")
	}
}

func TestContextDoesNotPrintTheCaller(t *testing.T) {
	w := newWorld(t)
	ctx, err := w.auth.LongRunning(context.WithoutCancel(w.as(t)), storage)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v", ctx, ctx); strings.Contains(text, "eyJ") {
		t.Error(text)
	}
}
