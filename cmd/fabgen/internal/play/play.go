// Package play does what a person does with a workload: it calls the data plane as the generated front-end does, and
// items and jobs as the Fabric portal does, against a local cloud whose pages answer by themselves.
//
// It makes the decisions of the generated front-end (templates/workload/frontend/src/auth): a call that fails for want
// of consent or of a second proof asks the person and is made once more, one whose token is not accepted gets a new
// token and is made once more, and a second failure is final. So a back-end that passes here works with its front-end.
package play

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/internal/portal"
)

// Player is where people play. It is safe for concurrent use.
type Player struct {
	cloud    *local.Cloud
	backend  string // its origin
	frontend string // the front-end's origin
	host     *host
	entra    portal.Entra
	client   *http.Client
}

// New makes a Player for a back-end at an origin such as http://127.0.0.1:5000, to which /api is added. The cloud must
// be unattended.
func New(cloud *local.Cloud, backend string) (*Player, error) {
	cfg := cloud.Portal([]string{"en-US"})
	handler, err := portal.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("setting up the portal: %w", err)
	}
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Player{cloud: cloud, backend: strings.TrimSuffix(backend, "/"), frontend: cfg.Frontend,
		host: &host{handler: handler, origin: cfg.Origin}, entra: cfg.Entra, client: stay}, nil
}

// Person is a user with a front-end open in the portal. It is not safe for concurrent use.
type Person struct {
	*Player
	User string // object ID
	// AskedAtCreate says that the front-end has asked for consent to everything, as it does before the first item.
	AskedAtCreate bool

	kept    kept
	refused map[string]*problem // what was declined or did not help, by what was asked
}

// Person opens the front-end for a user.
func (p *Player) Person(user string) *Person {
	return &Person{Player: p, User: user, refused: map[string]*problem{}}
}

// Reset lets what was declined be asked for again: the person chose to try again.
func (p *Person) Reset() { clear(p.refused) }

// reply is an answer that is not a failure.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// retryOnce makes a call, and makes it once more where the person, or a new token, can help.
func (p *Person) retryOnce(ctx context.Context, r *Result, interactive bool, call func(context.Context) (reply, *problem)) {
	got, failed := call(ctx)
	if failed == nil || failed.remedy == nil || failed.remedy.ask && !interactive {
		r.end(got, failed)
		return
	}
	tried := failed.remedy
	if tried.ask {
		if refused := p.require(ctx, r, tried.demand); refused != nil {
			r.end(reply{}, refused.over(failed))
			return
		}
	} else {
		r.Renewed = true
	}
	got, failed = call(ctx)
	if failed != nil && tried.ask && failed.remedy != nil && failed.remedy.ask {
		still := *failed
		still.kind, still.remedy = stillRefused, nil
		p.refused[tried.demand.key()] = &still
		failed = &still
	}
	r.end(got, failed)
}

// require asks the person for what is demanded, unless they have refused it before.
func (p *Person) require(ctx context.Context, r *Result, d demand) *problem {
	if before := p.refused[d.key()]; before != nil {
		return before
	}
	token, refused := p.acquire(ctx, d)
	ask := Ask{Scopes: d.scopes, MFA: d.claims != "", Answer: "given"}
	if refused != nil {
		ask.Answer = cmp.Or(words[refused.kind], "failed")
		p.refused[d.key()] = refused
	} else {
		p.keep(token)
	}
	r.Asked = append(r.Asked, ask)
	return refused
}

// demand is what the person is asked for in one window.
type demand struct {
	scopes []string
	claims string // of a challenge, JSON
}

// key is the same for demands that are one to the person. A challenge differs each time that it is made.
func (d demand) key() string {
	if d.claims != "" {
		return "claims"
	}
	return strings.Join(slices.Sorted(slices.Values(d.scopes)), " ")
}
