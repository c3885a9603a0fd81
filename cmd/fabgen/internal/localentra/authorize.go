package localentra

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// authorization is what a person is asked to agree to: a request for a code, or for the consent of an administrator.
type authorization struct {
	path         string  // the authority's, as in the URL
	tenant       *tenant // nil for any
	client       *application
	redirect     string // empty where the outcome is shown
	platform     platform
	fragment     bool // response_mode
	state        string
	nonce        string
	challenge    string // of PKCE, S256
	scopes       scopes
	prompt       string
	loginHint    string
	domainHint   string
	asksProof    bool // by the claims parameter
	clientInfo   bool // client_info=1, which MSAL sends
	adminConsent bool
}

// maxRequest bounds the parameters of a request, in bytes.
const maxRequest = 32 << 10

// authorize begins a sign-in (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2).
func (s *Server) authorize(w http.ResponseWriter, r *http.Request, path string) {
	values, refusal := parameters(w, r)
	if refusal != nil {
		s.showRefusal(w, r, &authorization{path: path}, refusal)
		return
	}
	a := &authorization{path: path, state: values.Get("state")}
	s.begin(w, r, a, s.readAuthorization(a, values))
}

// begin goes on with a request that was read.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, a *authorization, refusal *Refusal) {
	if a.client != nil {
		eventOf(r).Client = a.client.id
	}
	eventOf(r).Scopes = a.scopes.strings()
	switch {
	case refusal != nil && (refusal.Shown || a.redirect == ""):
		s.showRefusal(w, r, a, refusal)
	case refusal != nil:
		s.redirectRefusal(w, r, a, refusal)
	default:
		s.proceed(w, r, &interaction{authorization: a, signedIn: s.session(r)})
	}
}

// parameters reads a request's parameters, each of which must stand there once.
func parameters(w http.ResponseWriter, r *http.Request) (url.Values, *Refusal) {
	if len(r.URL.RawQuery) > maxRequest {
		return nil, malformed("The request is too long.").show()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	values, err := url.ParseQuery(r.URL.RawQuery)
	if r.Method == http.MethodPost {
		err = r.ParseForm()
		values = r.PostForm
	}
	if err != nil {
		return nil, malformed("The request's parameters cannot be read.").show()
	}
	for name, all := range values {
		if len(all) > 1 {
			return nil, refuse("invalid_request", 9000411, "The request is not properly formatted. The parameter '"+
				shorten(name)+"' is duplicated.").show()
		}
	}
	return values, nil
}

// readAuthorization reads the parameters of authorize. What cannot be redirected, since the redirect URI is not to be
// trusted, comes first and is marked as shown.
func (s *Server) readAuthorization(a *authorization, values url.Values) *Refusal {
	if refusal := s.readClient(a, values); refusal != nil {
		return refusal.show()
	}
	a.nonce, a.loginHint = values.Get("nonce"), values.Get("login_hint")
	a.domainHint, a.clientInfo = values.Get("domain_hint"), values.Get("client_info") == "1"
	for _, read := range []func(*authorization, url.Values) *Refusal{
		readResponseMode, readResponseType, readPrompt, readPKCE,
	} {
		if refusal := read(a, values); refusal != nil {
			return refusal
		}
	}
	var refusal *Refusal
	if a.asksProof, refusal = parseClaims(values.Get("claims")); refusal != nil {
		return refusal
	}
	if a.scopes, refusal = s.catalog.parseScopes(a.client, values.Get("scope")); refusal != nil {
		return refusal
	}
	return a.checkRegistered()
}

// readClient finds the authority, the application and its redirect URI.
func (s *Server) readClient(a *authorization, values url.Values) *Refusal {
	var refusal *Refusal
	if a.tenant, refusal = s.directory.authority(a.path); refusal != nil {
		return refusal
	}
	if a.client, refusal = s.catalog.client(values.Get("client_id")); refusal != nil {
		return refusal
	}
	redirect, ok := values.Get("redirect_uri"), false
	if redirect == "" {
		return missing("redirect_uri")
	}
	if a.platform, ok = a.client.redirect(redirect); !ok {
		return refuse("invalid_request", 50011, "The redirect URI '"+shorten(redirect)+"' specified in the request "+
			"does not match the redirect URIs configured for the application '"+a.client.id+"'. Make sure the "+
			"redirect URI sent in the request matches one added to your application: "+registered(a.client)+".")
	}
	a.redirect = redirect
	if a.client.singleTenant && a.tenant == nil {
		return refuse("invalid_request", 50194, "Application '"+a.client.id+"' is not configured as a multi-tenant "+
			"application. Usage of the /"+a.path+" endpoint is not supported for such apps.")
	}
	return nil
}

func registered(a *application) string {
	all := slices.Concat(a.redirects[spa], a.redirects[web], a.redirects[publicClient])
	if len(all) == 0 {
		return "there are none"
	}
	return strings.Join(all, ", ")
}

func readResponseMode(a *authorization, values url.Values) *Refusal {
	switch mode := values.Get("response_mode"); mode {
	case "", "query":
	case "fragment":
		a.fragment = true
	default:
		return refuse("invalid_request", 70007, "'"+shorten(mode)+"' is not a supported value of 'response_mode' "+
			"here: query and fragment are.")
	}
	return nil
}

func readResponseType(_ *authorization, values url.Values) *Refusal {
	types := strings.Fields(values.Get("response_type"))
	switch {
	case len(types) == 0:
		return missing("response_type")
	case slices.Contains(types, "token"):
		return refuse("unsupported_response_type", 700051,
			"response_type 'token' is not enabled for the application.")
	case slices.Contains(types, "id_token"):
		return refuse("unsupported_response_type", 700054,
			"response_type 'id_token' is not enabled for the application.")
	case !slices.Equal(types, []string{"code"}):
		return refuse("unsupported_response_type", 70005, "response_type '"+shorten(values.Get("response_type"))+
			"' is not supported for the application.")
	}
	return nil
}

func readPrompt(a *authorization, values url.Values) *Refusal {
	switch a.prompt = values.Get("prompt"); a.prompt {
	case "", "none", "login", "consent", "select_account":
		return nil
	}
	return malformed("'" + shorten(a.prompt) + "' is not a supported value of 'prompt'.")
}

// readPKCE reads the code challenge (RFC 7636 section 4.3). That a single-page application must have one is found out
// when it redeems the code: a consent pop-up has none, and redeems nothing.
func readPKCE(a *authorization, values url.Values) *Refusal {
	a.challenge = values.Get("code_challenge")
	if a.challenge == "" {
		return nil
	}
	if method := values.Get("code_challenge_method"); method != "S256" {
		return malformed("The code_challenge_method must be S256.")
	}
	if sum, err := base64.RawURLEncoding.Strict().DecodeString(a.challenge); err != nil || len(sum) != 32 {
		return refuse("invalid_request", 501491, "Invalid size of Code_Challenge parameter: it is the SHA-256 of the "+
			"verifier, in base64url.")
	}
	return nil
}

// checkRegistered refuses .default of a resource that the application is not registered with.
func (a *authorization) checkRegistered() *Refusal {
	for _, g := range a.scopes.groups {
		own := func(p permission) bool { return p.resource == g.resource }
		// Of Graph, as which a bare .default counts, and of itself an application may ask for all that it is registered
		// with.
		all := g.resource.appID == graphAppID && len(a.client.required) > 0 || g.resource.appID == a.client.id
		if g.every() && !a.client.firstParty && !all && !slices.ContainsFunc(a.client.required, own) {
			return refuse("invalid_client", 650057, "Invalid resource. The client has requested access to a resource "+
				"which is not listed in the requested permissions in the client's application registration. Resource "+
				"value from request: "+
				shorten(g.uri)+".")
		}
	}
	return nil
}

// adminConsent begins the consent of an administrator for a whole tenant.
func (s *Server) adminConsent(w http.ResponseWriter, r *http.Request, path string) {
	values, refusal := parameters(w, r)
	if refusal != nil {
		s.showRefusal(w, r, &authorization{path: path}, refusal)
		return
	}
	a := &authorization{path: path, state: values.Get("state"), adminConsent: true, prompt: "consent"}
	s.begin(w, r, a, s.readAdminConsent(a, values))
}

// readAdminConsent reads the parameters of adminconsent. Without a redirect URI it is the first registered one, as in
// Entra's first version.
func (s *Server) readAdminConsent(a *authorization, values url.Values) *Refusal {
	var refusal *Refusal
	if a.client, refusal = s.catalog.client(values.Get("client_id")); refusal != nil {
		return refusal.show()
	}
	if own := a.client.redirects[spa]; values.Get("redirect_uri") == "" && len(own) > 0 {
		values.Set("redirect_uri", own[0])
	}
	if refusal := s.readClient(a, values); refusal != nil {
		return refusal.show()
	}
	text := values.Get("scope")
	if text == "" {
		text = everyScope
	}
	if a.scopes, refusal = s.catalog.parseScopes(a.client, text); refusal != nil {
		return refusal
	}
	return a.checkRegistered()
}
