package tokencheck

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

var (
	guid     = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	anyGUID  = regexp.MustCompile(`[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)
	somebody = "00000000-0000-4000-8000-000000000000"
)

func isGUID(s string) bool { return guid.MatchString(s) }

// repair puts right what the door refused, so that it tells what comes next. It is false where that cannot be.
func (e *examination) repair(err *auth.ValidationError) bool {
	t := e.subject
	if err.Token == "app" || t == nil {
		t = e.app
	}
	if t == nil || !t.readable() {
		return false
	}
	isApp := t == e.app
	now := e.workload.now()
	switch err.Claim {
	case "signature", "kid":
		// signing anew puts these right
	case "alg":
		t.header["alg"] = quoted("RS256")
	case "typ":
		t.header["typ"] = quoted("JWT")
	case "header":
		t.header = map[string]json.RawMessage{"alg": quoted("RS256")}
	case "":
		return false
	case "ver":
		t.set("ver", guessVersion(t))
	case "tid":
		e.repairTenant(t, isApp, err)
	case "iss":
		t.set("iss", e.issuer(t))
	case "aud":
		t.set("aud", e.audience(t))
	case "exp":
		t.set("exp", now.Add(time.Hour).Unix())
	case "nbf", "iat":
		t.set(err.Claim, now.Unix())
	case "appid", "azp":
		t.set(err.Claim, e.rightCaller(isApp))
	case "oid":
		t.set("oid", somebody)
	case "idtyp":
		t.remove("idtyp")
		if isApp {
			t.set("idtyp", "app")
			t.remove("scp")
		}
	case "scp":
		t.set("scp", e.rightScope())
		t.remove("idtyp")
	default:
		return false
	}
	return true
}

// guessVersion tells a version by the issuer.
func guessVersion(t *token) string {
	if strings.HasSuffix(t.text("iss"), "/v2.0") {
		return "2.0"
	}
	return "1.0"
}

// repairTenant sets tid; an issuer that went with the old one goes with the new one.
func (e *examination) repairTenant(t *token, isApp bool, err *auth.ValidationError) {
	old, issuer := t.text("tid"), t.text("iss")
	tenant := anyGUID.FindString(issuer)
	if err.Reason == auth.WrongTenant || tenant == "" {
		tenant = e.workload.Settings.TenantID
		if !isApp {
			tenant = e.clientTenant()
		}
	}
	t.set("tid", tenant)
	if old != "" && strings.Contains(issuer, old) {
		t.set("iss", strings.Replace(issuer, old, tenant, 1))
	}
}

func (e *examination) issuer(t *token) string {
	s := e.workload.Settings
	if t.text("ver") == "2.0" {
		return trimmed(s.Authority, auth.DefaultAuthority) + "/" + t.text("tid") + "/v2.0"
	}
	return trimmed(s.V1Issuer, auth.DefaultV1Issuer) + "/" + t.text("tid") + "/"
}

func trimmed(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return strings.TrimSuffix(s, "/")
}

func (e *examination) audience(t *token) string {
	if t.text("ver") == "2.0" {
		return strings.ToLower(e.workload.Settings.ClientID)
	}
	return e.workload.Settings.Audience
}

// rightCaller is an application that may call: for a subject token, the one that its app token names.
func (e *examination) rightCaller(isApp bool) string {
	if !isApp && e.pasted.kind == Composite && e.app != nil {
		return e.app.text(e.app.appClaim())
	}
	return auth.FabricClientAppID
}

func (e *examination) rightScope() string {
	if scopes := e.workload.scopes(); e.pasted.kind == DataSubject && len(scopes) > 0 {
		return strings.Join(scopes, " ")
	}
	return auth.ControlScope
}

// rightApp is an app token's content with nothing wrong.
func (e *examination) rightApp(app string) *token {
	now, s := e.workload.now(), e.workload.Settings
	t := parse("")
	t.header["alg"] = quoted("RS256")
	for name, value := range map[string]any{
		"ver": "1.0", "tid": strings.ToLower(s.TenantID), "aud": s.Audience, "appid": app, "idtyp": "app", "oid": somebody,
		"exp": now.Add(time.Hour).Unix(), "iat": now.Unix(),
	} {
		t.set(name, value)
	}
	t.set("iss", e.issuer(t))
	return t
}
