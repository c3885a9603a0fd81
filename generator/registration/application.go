package registration

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// MaxSize is the most bytes that an export may have. Entra's own bound on an application is far below.
const MaxSize = 4 << 20

// Application is what matters here of Microsoft Graph's application resource. Members that are absent or null are
// zero.
type Application struct {
	AppID           string   `json:"appId"`
	DisplayName     string   `json:"displayName"`
	SignInAudience  string   `json:"signInAudience"`
	IdentifierURIs  []string `json:"identifierUris"`
	TokenEncryption string   `json:"tokenEncryptionKeyId"`

	API struct {
		TokenVersion  int             `json:"requestedAccessTokenVersion"`
		Scopes        []Scope         `json:"oauth2PermissionScopes"`
		PreAuthorized []PreAuthorized `json:"preAuthorizedApplications"`
	} `json:"api"`
	OptionalClaims struct {
		AccessToken []OptionalClaim `json:"accessToken"`
		IDToken     []OptionalClaim `json:"idToken"`
	} `json:"optionalClaims"`
	SPA          Platform `json:"spa"`
	Web          Platform `json:"web"`
	PublicClient Platform `json:"publicClient"`

	RequiredResourceAccess []Resource   `json:"requiredResourceAccess"`
	Secrets                []Credential `json:"passwordCredentials"`
	Certificates           []Credential `json:"keyCredentials"`
}

// Scope is a permissionScope.
type Scope struct {
	ID        string `json:"id"`
	Value     string `json:"value"`
	Type      string `json:"type"` // User or Admin
	IsEnabled *bool  `json:"isEnabled"`
	Title     string `json:"userConsentDisplayName"`
}

// PreAuthorized is a preAuthorizedApplication. Graph's beta calls the list of scopes permissionIds.
type PreAuthorized struct {
	AppID         string   `json:"appId"`
	ScopeIDs      []string `json:"delegatedPermissionIds"`
	PermissionIDs []string `json:"permissionIds"`
}

// OptionalClaim is an optionalClaim.
type OptionalClaim struct {
	Name       string   `json:"name"`
	Properties []string `json:"additionalProperties"`
}

// Platform is the redirect URIs of one kind of client.
type Platform struct {
	RedirectURIs []string `json:"redirectUris"`
}

// Resource is a requiredResourceAccess.
type Resource struct {
	AppID  string `json:"resourceAppId"`
	Access []struct {
		ID   string `json:"id"`
		Type string `json:"type"` // Scope or Role
	} `json:"resourceAccess"`
}

// Credential is a passwordCredential or a keyCredential. The secret itself is never among what Graph shows, and not
// read where somebody put it in.
type Credential struct {
	Name  string    `json:"displayName"`
	KeyID string    `json:"keyId"`
	End   time.Time `json:"endDateTime"`
	Start time.Time `json:"startDateTime"`
}

// ErrNotApplication wraps every error of Parse: what was given is no application of Microsoft Graph's.
var ErrNotApplication = errors.New("this is no application as Microsoft Graph shows it")

// advice says where to get what is right.
const advice = "export it with `az ad app show --id <client ID>`"

// Parse reads an application as `az ad app show` and Microsoft Graph print it, alone or as the one element of a list.
// Unknown members are passed over. UTF-16, as older PowerShells write it, is read as well. Errors wrap
// ErrNotApplication.
func Parse(data []byte) (*Application, error) {
	if len(data) > MaxSize {
		return nil, refuse("it has more than %d bytes", MaxSize)
	}
	data, err := single(toUTF8(data))
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, refuse("it is not a JSON object: %s", jsonProblem(err))
	}
	if err := checkShape(members); err != nil {
		return nil, err
	}
	app := &Application{}
	if err := json.Unmarshal(data, app); err != nil {
		return nil, refuse("%s", jsonProblem(err))
	}
	return app, nil
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s; %s", ErrNotApplication, fmt.Sprintf(format, args...), advice)
}

// single takes the one application out of a list, which is what `az ad app list` and a query of Graph print.
func single(data []byte) ([]byte, error) {
	var list []json.RawMessage
	var page struct {
		Value []json.RawMessage `json:"value"`
	}
	switch {
	case json.Unmarshal(data, &list) == nil && list != nil:
	case json.Unmarshal(data, &page) == nil && page.Value != nil:
		list = page.Value
	default:
		return data, nil
	}
	if len(list) != 1 {
		return nil, refuse("it is a list of %d, and one is right", len(list))
	}
	return list[0], nil
}

// checkShape refuses what looks alike: the portal's manifest of former times, and a service principal.
func checkShape(members map[string]json.RawMessage) error {
	has := func(name string) bool { _, ok := members[name]; return ok }
	for _, old := range []string{"accessTokenAcceptedVersion", "replyUrlsWithType", "oauth2Permissions"} {
		if has(old) {
			return refuse("the member %s is of the portal's former manifest (Azure AD Graph), not of Microsoft Graph's", old)
		}
	}
	if has("servicePrincipalType") || has("servicePrincipalNames") {
		return refuse("it is a service principal (enterprise application)")
	}
	for _, own := range []string{"api", "appId", "identifierUris", "signInAudience", "requiredResourceAccess"} {
		if has(own) {
			return nil
		}
	}
	return refuse("it has none of the members api, appId, identifierUris, signInAudience and requiredResourceAccess")
}

// jsonProblem says what is wrong without quoting what was read.
func jsonProblem(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Sprintf("the member %s is a JSON %s, and another type is right", kind.Field, kind.Value)
	case errors.As(err, &kind):
		return "it is a JSON " + kind.Value
	case errors.As(err, &syntax):
		return fmt.Sprintf("%s, at byte %d", syntax, syntax.Offset)
	}
	return "a value is not of its form"
}

// toUTF8 takes a byte order mark away, and UTF-16 that a mark announces.
func toUTF8(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return bytes.TrimPrefix(data, []byte("\ufeff"))
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// Enabled says whether the scope can be asked for; it is, unless the export says otherwise.
func (s Scope) Enabled() bool { return s.IsEnabled == nil || *s.IsEnabled }

// Scopes are the IDs of the scopes, under whichever name.
func (p PreAuthorized) Scopes() []string { return slices.Concat(p.ScopeIDs, p.PermissionIDs) }

// same compares GUIDs, which have no case.
func same(a, b string) bool { return strings.EqualFold(a, b) }
