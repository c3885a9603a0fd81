package entratest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// TokenOption changes a token before it is signed. Options are applied in order.
type TokenOption func(*draft)

// draft is a token in the making.
type draft struct {
	server          *Server
	header, claims  map[string]any
	headerText      string // in place of header
	payloadText     string // in place of claims
	key             *signingKey
	sign            func(signed string) []byte
	changeSerialize []func(string) string
}

// SubjectToken makes a user's token for the workload as Entra issues it to Fabric: v1.0, of the user's tenant, with the
// scope FabricWorkloadControl. For the data plane, name the scopes and the front-end's application:
//
//	s.SubjectToken(entratest.Scopes("Forecast.Read.All"), entratest.App(entratest.FabricFrontendAppID))
func (s *Server) SubjectToken(options ...TokenOption) string {
	d := s.draft(s.Options.UserTenantID, s.Options.Audience)
	d.claims["oid"] = s.Options.UserID
	d.claims["appid"] = auth.FabricClientAppID
	d.claims["scp"] = auth.ControlScope
	d.claims["name"] = "Example User"
	d.claims["upn"] = "user@example.com"
	return d.finish(options)
}

// AppToken makes the app-only token by which Fabric shows that a control-plane call is its own: v1.0, of the publisher
// tenant, for Fabric's client application.
func (s *Server) AppToken(options ...TokenOption) string {
	d := s.draft(s.Options.TenantID, s.Options.Audience)
	d.claims["oid"] = "b0a7c1de-5f3e-4f0d-9a3b-2f6e8d1c4a57"
	d.claims["appid"] = auth.FabricClientAppID
	d.claims["idtyp"] = "app"
	return d.finish(options)
}

// FabricFrontendAppID is the application that gets data-plane tokens for a workload's front-end.
const FabricFrontendAppID = "871c010f-5e61-4fb1-83ac-98610a7e9110"

// Authorization is the Authorization header of a control-plane call of Fabric, with fresh tokens.
func (s *Server) Authorization() string {
	return auth.SubjectAndApp{Subject: s.SubjectToken(), App: s.AppToken()}.HeaderValue()
}

// draft starts a v1.0 token with what every token has.
func (s *Server) draft(tenant, audience string) *draft {
	now := s.Options.Now()
	key := s.currentKey()
	return &draft{
		server: s, key: key,
		header: map[string]any{"alg": "RS256", "typ": "JWT", "kid": key.id, "x5t": key.id},
		claims: map[string]any{
			"aud": audience, "iss": s.V1Issuer() + "/" + tenant + "/", "tid": tenant, "ver": "1.0",
			"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(s.Options.TokenLifetime).Unix(),
			"sub": randomText(), "uti": randomText(),
		},
	}
}

// Sign makes a token of exactly these claims, signed with the current key.
func (s *Server) Sign(claims map[string]any, options ...TokenOption) string {
	d := s.draft("", "")
	d.claims = claims
	return d.finish(options)
}

func (d *draft) finish(options []TokenOption) string {
	for _, o := range options {
		o(d)
	}
	token := encode([]byte(orJSON(d.headerText, d.header))) + "." + encode([]byte(orJSON(d.payloadText, d.claims)))
	signature := d.rs256(token)
	if d.sign != nil {
		signature = d.sign(token)
	}
	token += "." + encode(signature)
	for _, change := range d.changeSerialize {
		token = change(token)
	}
	return token
}

func orJSON(text string, value map[string]any) string {
	if text != "" {
		return text
	}
	data, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("entratest: a header or claim cannot be written as JSON: %v", err))
	}
	return string(data)
}

func (d *draft) rs256(signed string) []byte {
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, d.key.private, crypto.SHA256, sum[:])
	if err != nil {
		panic(fmt.Sprintf("entratest: signing failed: %v", err)) // it does not, with a key of ours and SHA-256
	}
	return signature
}

// V2 makes it a v2.0 token: ver, iss, azp for appid, and, where it is the workload's, the client ID as audience.
func V2() TokenOption {
	return func(d *draft) {
		d.claims["ver"] = "2.0"
		d.claims["azp"] = d.claims["appid"]
		delete(d.claims, "appid")
		if d.claims["aud"] == d.server.Options.Audience {
			d.claims["aud"] = d.server.Options.ClientID
		}
		d.setIssuer()
	}
}

func (d *draft) setIssuer() {
	tenant := fmt.Sprint(d.claims["tid"])
	d.claims["iss"] = d.server.V1Issuer() + "/" + tenant + "/"
	if d.claims["ver"] == "2.0" {
		d.claims["iss"] = d.server.URL + "/" + tenant + "/v2.0"
	}
}

// Scopes sets scp.
func Scopes(scopes ...string) TokenOption { return Claim("scp", strings.Join(scopes, " ")) }

// Tenant sets tid, and iss to go with it.
func Tenant(id string) TokenOption {
	return func(d *draft) {
		d.claims["tid"] = id
		d.setIssuer()
	}
}

// User sets oid.
func User(objectID string) TokenOption { return Claim("oid", objectID) }

// App sets the calling application: appid, or azp in a v2.0 token.
func App(id string) TokenOption {
	return func(d *draft) {
		if d.claims["ver"] == "2.0" {
			d.claims["azp"] = id
			return
		}
		d.claims["appid"] = id
	}
}

// Audience sets aud.
func Audience(audience string) TokenOption { return Claim("aud", audience) }

// Expires sets exp to that much from now; a negative d makes an expired token.
func Expires(d time.Duration) TokenOption {
	return func(t *draft) { t.claims["exp"] = t.server.Options.Now().Add(d).Unix() }
}

// ClaimsSatisfied makes a token of a user who has done what RequireClaims asks for.
func ClaimsSatisfied() TokenOption { return Claim("acrs", []string{satisfiedContext}) }

const satisfiedContext = "c1"

// Claim sets any claim, to anything that encoding/json can write.
func Claim(name string, value any) TokenOption { return func(d *draft) { d.claims[name] = value } }

// NoClaim takes a claim out.
func NoClaim(name string) TokenOption { return func(d *draft) { delete(d.claims, name) } }

// Header sets any header parameter.
func Header(name string, value any) TokenOption { return func(d *draft) { d.header[name] = value } }

// NoHeader takes a header parameter out.
func NoHeader(name string) TokenOption { return func(d *draft) { delete(d.header, name) } }

// HeaderText changes the header's JSON as text, for what encoding/json would not write.
func HeaderText(change func(json string) string) TokenOption {
	return func(d *draft) { d.headerText = change(orJSON(d.headerText, d.header)) }
}

// PayloadText changes the payload's JSON as text, for what encoding/json would not write.
func PayloadText(change func(json string) string) TokenOption {
	return func(d *draft) { d.payloadText = change(orJSON(d.payloadText, d.claims)) }
}

// Unsigned makes it an unsecured token: alg none and no signature (RFC 7515 appendix A.5).
func Unsigned() TokenOption {
	return func(d *draft) {
		d.header["alg"] = "none"
		d.sign = func(string) []byte { return nil }
	}
}

// HS256 signs with a shared secret instead of the server's key.
func HS256(secret []byte) TokenOption {
	return func(d *draft) {
		d.header["alg"] = "HS256"
		d.sign = func(signed string) []byte {
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte(signed))
			return mac.Sum(nil)
		}
	}
}

// SignedBy signs with a key that the server does not know; kid stays as it is.
func SignedBy(private *rsa.PrivateKey) TokenOption {
	return func(d *draft) { d.key = &signingKey{id: d.key.id, private: private} }
}

// OldKey signs with the oldest key that is still published.
func OldKey() TokenOption {
	return func(d *draft) {
		d.server.mu.Lock()
		defer d.server.mu.Unlock()
		d.key = d.server.keys[0]
		d.header["kid"], d.header["x5t"] = d.key.id, d.key.id
	}
}

// Serialized changes the finished token's text.
func Serialized(change func(token string) string) TokenOption {
	return func(d *draft) { d.changeSerialize = append(d.changeSerialize, change) }
}
