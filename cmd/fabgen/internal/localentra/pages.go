package localentra

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed pages
var pageFiles embed.FS

//go:embed pages/style.css
var style string

var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) },
}).ParseFS(pageFiles, "pages/*.html"))

// styleHash lets browsers take the page's one style sheet, and nothing else.
var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// view is what the templates show.
type view struct {
	Page        page
	Title       string
	Action      string // where the form goes
	Interaction string
	App         string // who asks
	Publisher   string
	Notice      string
	People      []Person // to choose from, where the application does not say who it is
	User        Person
	Resource    string // why a second proof is asked for
	Permissions []viewPermission
	AdminOnly   bool // consent is for the whole tenant in any case
	Refusal     *Refusal
	Code        int
	Advice      string
	Text        string
}

type viewPermission struct{ Title, Text, Resource, Scope string }

// showPage shows the page of a step, and keeps the interaction for its answer.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request, ix *interaction, st step) {
	s.mu.Lock()
	if ix.id == "" {
		ix.id = s.interactions.put(s.options.Now(), ix)
	}
	s.mu.Unlock()
	a := ix.authorization
	s.record(a, Outcome{})
	v := view{Page: st.page, Interaction: ix.id, Action: "/" + a.path + "/" + answerPath, App: a.client.name,
		Publisher: s.directory.home.Name, Notice: ix.notice, AdminOnly: a.adminConsent}
	if a.client.firstParty {
		v.Publisher = "Microsoft (played by fabgen)"
	}
	if ix.user != nil {
		v.User = ix.user.person()
		eventOf(r).User, eventOf(r).Tenant = ix.user.ID, ix.user.tenant.ID
	}
	switch st.page {
	case signInPage:
		v.Title = "Sign in"
		if u := s.hinted(ix); u != nil {
			v.User = u.person()
			break
		}
		for _, u := range s.offered(a) {
			v.People = append(v.People, u.person())
		}
	case proofPage:
		v.Title, v.Resource = "Prove that it is you", s.reasonForProof(ix)
	case consentPage:
		v.Title = "Permissions requested"
		if a.adminConsent {
			v.Title = "Permissions for " + ix.user.tenant.Name
		}
	case approvalPage:
		v.Title, v.Code = "An administrator must approve", st.refusal.Code()
	}
	for _, p := range st.permissions {
		v.Permissions = append(v.Permissions, p.view())
	}
	s.write(w, r, http.StatusOK, v, a)
}

func (u *user) person() Person {
	role := cmp.Or(u.Role, Roles[0])
	if role == NoRole {
		role = ""
	}
	return Person{u.ID, u.Name, u.signInName(), u.tenant.ID, u.tenant.Name, u.About, u.Admin, role}
}

// reasonForProof is the resource that wants the second proof; empty where a claims challenge does.
func (s *Server) reasonForProof(ix *interaction) string {
	for _, g := range ix.authorization.scopes.groups {
		if s.needsProof(ix.user, g.resource) {
			return g.resource.title
		}
	}
	return ""
}

func (p permission) view() viewPermission {
	said := p.words()
	return viewPermission{Title: said.title, Text: said.text, Resource: p.resource.title, Scope: p.name}
}

// advice says what a person can do about a refusal that they are shown.
var advice = map[int]string{
	50011:  "Add the redirect URI to spa.redirectUris of entra/application.json, by entra.redirectUri in fabgen.yaml.",
	700016: "Compare the client ID in fabgen.yaml with the one that the front-end or the portal sends.",
	90002:  "Tenants are those of the local Entra's seed.",
	50194:  "Set signInAudience to AzureADMultipleOrgs in the registration.",
	50020:  "Choose a person of the right tenant.",
}

// showRefusal shows a refusal that cannot be redirected.
func (s *Server) showRefusal(w http.ResponseWriter, r *http.Request, a *authorization, refusal *Refusal) {
	text := refusal.Description
	refusal = s.stamp(refusal, r)
	s.recordRefusal(r, a, refusal)
	v := view{Page: errorPage, Title: "You cannot sign in here", Text: text, Refusal: refusal, Code: refusal.Code(),
		Advice: advice[refusal.Code()]}
	s.write(w, r, http.StatusBadRequest, v, a)
}

// showDone says that there is nothing more to do.
func (s *Server) showDone(w http.ResponseWriter, r *http.Request, title, text string) {
	s.write(w, r, http.StatusOK, view{Page: donePage, Title: title, Text: text}, &authorization{})
}

// write renders a page. It may lead to the application's redirect URI, which browsers hold against form-action, too. No
// header isolates the window from its opener, which looks whether it is closed.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, v view, a *authorization) {
	var out bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&out, string(v.Page)+".html", v); err != nil {
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	if e := eventOf(r); e.Decision == "" {
		e.Decision = shown
	}
	eventOf(r).Page = string(v.Page)
	target := ""
	if a.redirect != "" {
		target = " " + originOf(a.redirect)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleHash+"; form-action 'self'"+target+
		"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // a browser that is gone has nobody to tell
}
