package auth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

const challengeClaims = `{"access_token":{"acrs":{"essential":true,"value":"c1"},"x":"é"}}`

func TestErrorFor(t *testing.T) {
	scopes := []string{"https://storage.azure.com/user_impersonation", "https://storage.azure.com/more"}
	encoded := base64.StdEncoding.EncodeToString([]byte(challengeClaims))
	own := apierror.New(418, "Teapot", "short and stout")
	for name, c := range map[string]struct {
		err       error
		status    int
		code      string
		permanent string // "true", "false" or ""
		data      string // WWW-Authenticate in the data plane
		control   string // and in the control plane
		retry     string
		detail    apierror.Detail
	}{
		"consent": {err: &auth.ExchangeError{Kind: auth.ConsentRequired, Code: "AADSTS65001", Scopes: scopes},
			status: 401, code: apierror.AuthUIRequired, permanent: "false",
			data: `Bearer error="insufficient_scope", error_description="AADSTS65001: The user has not consented to what this ` +
				`operation needs.", scope="https://storage.azure.com/user_impersonation https://storage.azure.com/more"`,
			control: "SubjectAndAppToken1.0",
			detail: apierror.Detail{ErrorCode: "AADSTS65001", AdditionalParameters: []apierror.Parameter{
				{Name: "additionalScopesToConsent", Value: strings.Join(scopes, ",")}}}},
		"claims": {err: &auth.ExchangeError{Kind: auth.ClaimsChallenge, Code: "AADSTS50076", Claims: challengeClaims},
			status: 401, code: apierror.AuthUIRequired, permanent: "false",
			data: `Bearer error="insufficient_claims", error_description="AADSTS50076: A policy asks the user for more, such as ` +
				`a second factor.", claims="` + encoded + `"`,
			control: "SubjectAndAppToken1.0",
			detail: apierror.Detail{ErrorCode: "AADSTS50076", AdditionalParameters: []apierror.Parameter{
				{Name: "claimsForConditionalAccessPolicy", Value: challengeClaims}}}},
		"claims without claims": {err: &auth.ExchangeError{Kind: auth.ClaimsChallenge},
			status: 401, code: apierror.AuthUIRequired, permanent: "false", data: `Bearer error="insufficient_claims"`,
			control: "SubjectAndAppToken1.0", detail: apierror.Detail{ErrorCode: "claims_challenge"}},
		"declined": {err: &auth.ExchangeError{Kind: auth.Declined, Code: "AADSTS650052",
			AdminConsentURL: "https://x/adminconsent"},
			status: 403, code: apierror.AccessDenied, permanent: "true",
			detail: apierror.Detail{ErrorCode: "AADSTS650052", AdditionalParameters: []apierror.Parameter{
				{Name: "adminConsentUrl", Value: "https://x/adminconsent"}}}},
		"rejected": {err: &auth.ExchangeError{Kind: auth.AssertionRejected}, status: 401, code: apierror.AuthError,
			data: `Bearer error="invalid_token"`, control: "SubjectAndAppToken1.0"},
		"misconfigured": {err: &auth.ExchangeError{Kind: auth.Misconfigured, Code: "AADSTS7000215"}, status: 500,
			code: apierror.InternalError, permanent: "true"},
		"throttled": {err: &auth.ExchangeError{Kind: auth.Throttled, RetryAfter: 61500 * time.Millisecond}, status: 503,
			code: apierror.ServiceUnavailable, permanent: "false", retry: "62"},
		"unavailable": {err: &auth.ExchangeError{Kind: auth.Unavailable}, status: 503,
			code:      apierror.ServiceUnavailable,
			permanent: "false", retry: "5"},
		"keys unavailable": {err: &auth.ValidationError{Reason: auth.KeysUnavailable}, status: 503,
			code: apierror.ServiceUnavailable, permanent: "false", retry: "5"},
		"scope, hostile": {err: &auth.ValidationError{Reason: auth.MissingScope,
			AcceptedScopes: []string{"a\"\r\nSet-Cookie: x\\", "é"}},
			status: 403, code: apierror.AuthError, permanent: "true", data: `scope="aSet-Cookie: x "`},
		"no subject": {err: auth.ErrNoSubject, status: 401, code: apierror.AuthError, permanent: "true",
			data: `Bearer error="invalid_token"`, control: "SubjectAndAppToken1.0"},
		"deadline": {err: context.DeadlineExceeded, status: 503, code: apierror.ServiceUnavailable,
			permanent: "false", retry: "5"},
		"any other": {err: errors.New("database password is hunter2"), status: 500, code: apierror.InternalError},
		"an answer": {err: own, status: 418, code: "Teapot"},
	} {
		for _, plane := range []auth.Plane{auth.DataPlane, auth.ControlPlane} {
			t.Run(name+"/"+plane.String(), func(t *testing.T) {
				wrapped := fmt.Errorf("reading the forecast: %w", c.err)
				e := auth.ErrorFor(wrapped, plane)
				rec := httptest.NewRecorder()
				apierror.Write(rec, nil, e)
				var body apierror.Response
				if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
					t.Fatal(err)
				}
				want := c.data
				if plane == auth.ControlPlane {
					want = c.control
				}
				if got := rec.Header().Get("WWW-Authenticate"); rec.Code != c.status || !strings.Contains(got,
					want) || (want == "" && got != "") {
					t.Errorf("%d %q, want %d %q", rec.Code, got, c.status, want)
				}
				permanent := ""
				if body.IsPermanent != nil {
					permanent = fmt.Sprint(*body.IsPermanent)
				}
				if body.ErrorCode != c.code || permanent != c.permanent || rec.Header().Get("Retry-After") != c.retry {
					t.Errorf("%s permanent %q retry %q", rec.Body, permanent, rec.Header().Get("Retry-After"))
				}
				var detail apierror.Detail
				if len(body.MoreDetails) == 1 {
					detail = body.MoreDetails[0]
				}
				if detail.ErrorCode != c.detail.ErrorCode ||
					fmt.Sprint(detail.AdditionalParameters) != fmt.Sprint(c.detail.AdditionalParameters) {
					t.Errorf("detail = %+v, want %+v", detail, c.detail)
				}
				if strings.Contains(rec.Body.String(), "hunter2") || strings.Contains(rec.Body.String(), "forecast") {
					t.Errorf("the cause was sent: %s", rec.Body)
				}
				if !errors.Is(c.err, own) && !errors.Is(e, c.err) {
					t.Error("the cause is lost to the log")
				}
			})
		}
	}
}

func TestEveryReasonHasAnAnswer(t *testing.T) {
	for _, reason := range []auth.Reason{
		auth.MissingCredentials, auth.MalformedHeader, auth.TooLarge, auth.MalformedToken, auth.UnsupportedAlgorithm,
		auth.UnknownKey, auth.BadSignature, auth.MissingClaim, auth.InvalidClaim, auth.Expired, auth.NotYetValid,
		auth.UnsupportedVersion, auth.WrongIssuer, auth.WrongAudience, auth.WrongTenant, auth.WrongApp, auth.MissingScope,
		auth.NotAppToken, auth.NotSubjectToken, auth.MissingSubject, "unheard_of",
	} {
		err := &auth.ValidationError{Reason: reason, Token: "app", Claim: "aud", Found: "found!", Want: "want!",
			Hint: "hint!"}
		for _, plane := range []auth.Plane{auth.DataPlane, auth.ControlPlane} {
			e := auth.ErrorFor(err, plane)
			if e.Status != 401 && e.Status != 403 {
				t.Errorf("%s: status %d", reason, e.Status)
			}
			sent := e.Message + e.Header.Get("WWW-Authenticate")
			if strings.ContainsAny(sent, "!") {
				t.Errorf("%s: the caller is told %s", reason, sent)
			}
		}
		for _, part := range []string{string(reason), "app token", "aud", "found!", "want!", "hint!"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v lacks %q", err, part)
			}
		}
	}
}
