package localentra

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// interaction is a person's way through the pages, from authorize or adminconsent to the redirect.
type interaction struct {
	authorization *authorization

	mu        sync.Mutex // held while an answer is dealt with
	id        string     // empty until the first page
	signedIn  []*user    // in this browser
	user      *user
	anew      bool   // the person wants to be somebody else
	notice    string // why the sign-in page is shown again
	consented bool
}

// page is what a person is shown.
type page string

const (
	signInPage   page = "signIn"
	proofPage    page = "proof"
	consentPage  page = "consent"
	approvalPage page = "approval" // only an administrator can consent
	errorPage    page = "error"
	donePage     page = "done"
)

// step is what comes next: a page, a refusal, or, where it has neither, the end.
type step struct {
	page        page
	refusal     *Refusal // the end with a page, where prompt=none forbids it
	permissions []permission
}

// answerPath is where pages send the person's answers.
const answerPath = "fabgen/answer"

// next finds the step that the interaction is at. It changes nothing but the user, where the browser knows them.
func (s *Server) next(ix *interaction) step {
	for _, find := range []func(*interaction) *step{s.signIn, s.membership, s.enabled, s.proof, s.agreement} {
		if st := find(ix); st != nil {
			return *st
		}
	}
	return step{}
}

// signIn asks who the person is, unless the browser knows and nothing speaks against it.
func (s *Server) signIn(ix *interaction) *step {
	if ix.user != nil {
		return nil
	}
	a := ix.authorization
	known := slices.DeleteFunc(slices.Clone(ix.signedIn), func(u *user) bool {
		return a.loginHint != "" && !u.matches(a.loginHint) || a.domainHint != "" && !strings.EqualFold(u.tenant.Domain,
			a.domainHint)
	})
	if len(known) == 1 && !ix.anew && a.prompt != "login" && a.prompt != "select_account" {
		ix.user = known[0]
		return nil
	}
	refusal := refuse("login_required", 50058, "A silent sign-in request was sent but no user is signed in.")
	if len(known) > 1 {
		refusal = refuse("interaction_required", 16000, "Either multiple user identities are available for the "+
			"current request or selected account is not supported for the scenario.")
	}
	return &step{page: signInPage, refusal: refusal}
}

func (u *user) matches(hint string) bool {
	return strings.EqualFold(u.signInName(), hint) || strings.EqualFold(u.ID, hint)
}

// membership sends away whom the tenant does not know.
func (s *Server) membership(ix *interaction) *step {
	a, t := ix.authorization, ix.user.tenant
	if (a.tenant == nil || a.tenant == t) && (!a.client.singleTenant || t == s.directory.home) {
		return nil
	}
	wanted := s.directory.home
	if a.tenant != nil {
		wanted = a.tenant
	}
	refusal := refuse("interaction_required", 50020, "The user account does not exist in tenant '"+wanted.Name+
		"' and cannot access the application '"+a.client.id+"' in that tenant. Use a different account.")
	if s.options.Unattended {
		return &step{refusal: refusal.show()}
	}
	ix.user, ix.anew, ix.notice = nil, true, refusal.Description
	return &step{page: signInPage, refusal: refusal}
}

// enabled refuses what the user's tenant lacks.
func (s *Server) enabled(ix *interaction) *step {
	for _, p := range s.catalog.wanted(ix.authorization.client, ix.authorization.scopes) {
		if ix.user.tenant.lacks(p.resource) {
			return &step{refusal: notEnabled(ix.user.tenant, p.resource)}
		}
	}
	return nil
}

// proof asks for a second proof where a claims challenge or a resource wants one.
func (s *Server) proof(ix *interaction) *step {
	a := ix.authorization
	needed := a.asksProof || slices.ContainsFunc(a.scopes.groups, func(g group) bool {
		return s.needsProof(ix.user, g.resource)
	})
	if !needed || s.hasProven(ix.user) {
		return nil
	}
	refusal := refuse("interaction_required", 50076, "You must use multi-factor authentication to access the resource.")
	refusal.Suberror, refusal.Claims = "basic_action", challenge
	return &step{page: proofPage, refusal: refusal}
}

// agreement asks for consent to what the application may not use yet.
func (s *Server) agreement(ix *interaction) *step {
	a := ix.authorization
	wanted := s.catalog.wanted(a.client, a.scopes)
	asked := s.unconsented(ix.user, a.client, wanted)
	if a.prompt == "consent" && !ix.consented && !a.client.firstParty {
		asked = wanted
	}
	switch {
	case a.adminConsent && !ix.user.Admin:
	case len(asked) == 0:
		return nil
	case !needsAdmin(ix.user, asked):
		refusal := notConsented(a.client)
		refusal.Name = "interaction_required"
		return &step{page: consentPage, permissions: asked, refusal: refusal}
	}
	return &step{page: approvalPage, permissions: asked, refusal: refuse("interaction_required", 90094,
		"The grant requires the permission of an administrator.")}
}

// proceed goes on to the next page, or ends the interaction.
func (s *Server) proceed(w http.ResponseWriter, r *http.Request, ix *interaction) {
	a := ix.authorization
	for range 10 { // an unattended person needs at most one answer a page
		st := s.next(ix)
		switch {
		case st.page == "" && st.refusal == nil:
			s.complete(w, r, ix)
			return
		case st.page == "" || a.prompt == "none":
			s.end(w, r, ix, st.refusal)
			return
		case !s.options.Unattended:
			s.showPage(w, r, ix, st)
			return
		}
		if refusal := s.apply(ix, st, s.unattended(ix, st)); refusal != nil {
			s.end(w, r, ix, refusal)
			return
		}
	}
	s.end(w, r, ix, malformed("The sign-in comes to no end."))
}

// end refuses the whole request.
func (s *Server) end(w http.ResponseWriter, r *http.Request, ix *interaction, refusal *Refusal) {
	s.forget(ix)
	if ix.user != nil {
		eventOf(r).User, eventOf(r).Tenant = ix.user.ID, ix.user.tenant.ID
	}
	if refusal.Shown || ix.authorization.redirect == "" {
		s.showRefusal(w, r, ix.authorization, refusal)
		return
	}
	s.redirectRefusal(w, r, ix.authorization, refusal)
}

func (s *Server) forget(ix *interaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interactions.remove(ix.id)
}

// reply is a person's answer to a page.
type reply struct {
	action      string
	user        string // whom they sign in as
	wholeTenant bool   // whom they consent for
}

// The answers, and the pages on which each can be given.
const (
	signInAs  = "signIn"
	another   = "another"
	cancel    = "cancel"
	prove     = "prove"
	failProof = "failProof"
	accept    = "accept"
)

var actions = map[page][]string{
	signInPage:   {signInAs, another, cancel},
	proofPage:    {prove, failProof, another, cancel},
	consentPage:  {accept, another, cancel},
	approvalPage: {another, cancel},
}

// apply takes an answer, and gives the refusal that ends the interaction, if it does.
func (s *Server) apply(ix *interaction, st step, answer reply) *Refusal {
	if !slices.Contains(actions[st.page], answer.action) {
		return nil // a page that was answered twice: the present one is shown again
	}
	ix.notice = ""
	switch answer.action {
	case signInAs:
		ix.user, ix.anew = s.directory.user(answer.user), false
	case another:
		ix.user, ix.anew = nil, true
	case prove:
		s.SetProven(ix.user.ID, true)
	case failProof:
		return refuse("access_denied", 500121, "Authentication failed during strong authentication request.")
	case accept:
		a := ix.authorization
		ix.consented = true
		s.consent(ix.user, a.client, a.adminConsent || answer.wholeTenant && ix.user.Admin, st.permissions)
	case cancel:
		return canceled(st)
	}
	return nil
}

// canceled is the refusal of the person themselves.
func canceled(st step) *Refusal {
	switch st.page {
	case consentPage:
		return refuse("access_denied", 65004, "User declined to consent to access the app.")
	case approvalPage:
		return refuse("access_denied", 90094, "The grant requires the permission of an administrator.")
	}
	return refuse("access_denied", 65004, "The user canceled the sign-in.") // Entra has no code for it
}

// unattended is what the person would answer, as the seed says.
func (s *Server) unattended(ix *interaction, st step) reply {
	switch {
	case st.page == signInPage:
		return reply{action: signInAs, user: s.offered(ix.authorization)[0].ID}
	case st.page == proofPage && ix.user.FailsMFA:
		return reply{action: failProof}
	case st.page == proofPage:
		return reply{action: prove}
	case st.page == consentPage && !ix.user.DeclinesConsent:
		return reply{action: accept}
	}
	return reply{action: cancel}
}

// offered is the people whom the sign-in page offers, the likeliest first.
func (s *Server) offered(a *authorization) []*user {
	fits := func(u *user) int {
		switch {
		case a.loginHint != "" && u.matches(a.loginHint):
			return 0
		case a.domainHint != "" && strings.EqualFold(u.tenant.Domain, a.domainHint), u.tenant == a.tenant:
			return 1
		}
		return 2
	}
	out := slices.Clone(s.directory.users)
	slices.SortStableFunc(out, func(a, b *user) int { return fits(a) - fits(b) })
	return out
}

// hinted is the person whom the application says that it is, unless they are to choose, or want to be somebody else.
func (s *Server) hinted(ix *interaction) *user {
	a := ix.authorization
	if a.loginHint == "" || ix.anew || a.prompt == "select_account" {
		return nil
	}
	i := slices.IndexFunc(s.directory.users, func(u *user) bool { return u.matches(a.loginHint) })
	if i < 0 {
		return nil
	}
	return s.directory.users[i]
}

// answer takes a page's form.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, path string) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "A page's answer is posted.", http.StatusMethodNotAllowed)
		return
	}
	values, refusal := parameters(w, r)
	if site := r.Header.Get("Sec-Fetch-Site"); refusal == nil && site != "" && site != "same-origin" {
		refusal = malformed("An answer comes from the local Entra's own page.").show()
	}
	if refusal != nil {
		s.showRefusal(w, r, &authorization{path: path}, refusal)
		return
	}
	s.mu.Lock()
	ix, ok := s.interactions.get(s.options.Now(), values.Get("interaction"))
	s.mu.Unlock()
	if !ok {
		s.showRefusal(w, r, &authorization{path: path}, malformed("This sign-in has ended, or is too old. Close the "+
			"window, and start it anew from the application.").show())
		return
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	eventOf(r).Client, eventOf(r).Scopes = ix.authorization.client.id, ix.authorization.scopes.strings()
	answer := reply{values.Get("action"), values.Get("user"), values.Get("wholeTenant") != ""}
	if who, ok := strings.CutPrefix(answer.action, signInAs+" "); ok {
		answer.action, answer.user = signInAs, who
	}
	if refusal := s.apply(ix, s.next(ix), answer); refusal != nil {
		s.end(w, r, ix, refusal)
		return
	}
	s.proceed(w, r, ix)
}
