package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

func valid() auth.Settings {
	return auth.Settings{TenantID: entratest.DefaultTenantID, ClientID: entratest.DefaultClientID,
		Audience: "api://x/Org.Y"}
}

func TestNewTellsEveryProblem(t *testing.T) {
	_, err := auth.New(auth.Settings{Audience: "api://x/", Authority: "http://login.example", V1Issuer: "sts",
		KeyRefreshInterval: -1, MaxKeyAge: -1, ExchangeTimeout: -1, TokenCacheSize: -1})
	if err == nil {
		t.Fatal("nothing was wrong")
	}
	for _, part := range []string{"TenantID", "ClientID", "Audience", "Authority", "V1Issuer", "KeyRefreshInterval",
		"MaxKeyAge",
		"ExchangeTimeout", "cache size"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v\nlacks %s", err, part)
		}
	}
}

func TestSettings(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*auth.Settings)
		ok     bool
	}{
		"defaults":              {func(*auth.Settings) {}, true},
		"upper-case IDs":        {func(s *auth.Settings) { s.TenantID = strings.ToUpper(s.TenantID) }, true},
		"an authority's slash":  {func(s *auth.Settings) { s.Authority = "https://login.example/" }, true},
		"an authority's port":   {func(s *auth.Settings) { s.Authority = "https://login.example:8443" }, true},
		"an authority's path":   {func(s *auth.Settings) { s.Authority = "https://login.example/common" }, false},
		"an authority's query":  {func(s *auth.Settings) { s.Authority = "https://login.example?x" }, false},
		"an authority's user":   {func(s *auth.Settings) { s.Authority = "https://user@login.example" }, false},
		"an authority, no host": {func(s *auth.Settings) { s.Authority = "https://" }, false},
		"an authority, no URL":  {func(s *auth.Settings) { s.Authority = "https://a b" }, false},
		"a tenant's name":       {func(s *auth.Settings) { s.TenantID = "contoso.com" }, false},
		"GUID in braces":        {func(s *auth.Settings) { s.ClientID = "{" + s.ClientID + "}" }, false},
		"GUID without dashes": {func(s *auth.Settings) {
			s.ClientID = strings.ReplaceAll(s.ClientID, "-", "") +
				"0000"
		}, false},
		"GUID with a letter":    {func(s *auth.Settings) { s.ClientID = "g" + s.ClientID[1:] }, false},
		"audience with a space": {func(s *auth.Settings) { s.Audience = "api://x y" }, false},
	} {
		s := valid()
		c.change(&s)
		if _, err := auth.New(s); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAdminConsentURL(t *testing.T) {
	a, err := auth.New(valid())
	if err != nil {
		t.Fatal(err)
	}
	want := "https://login.microsoftonline.com/" + entratest.DefaultTenantID + "/adminconsent?client_id=" + entratest.DefaultClientID
	if got := a.AdminConsentURL(""); got != want || got != valid().AdminConsentURL("") {
		t.Errorf("%s, want %s", got, want)
	}
	if got := a.AdminConsentURL("../x"); strings.Contains(got, "../") {
		t.Errorf("%s", got)
	}
}

func TestHTTPClientIsCopied(t *testing.T) {
	client := &http.Client{}
	s := valid()
	s.HTTPClient = client
	if _, err := auth.New(s); err != nil || client.CheckRedirect != nil || client.Timeout != 0 {
		t.Errorf("err = %v, client = %+v", err, client)
	}
}
