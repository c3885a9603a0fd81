package play

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/fabgen/fabgen/internal/portal"
)

// kept is the front-end's token.
type kept struct {
	token   string
	renewAt time.Time
}

// renewalMargin is how long before its end the front-end renews a token.
const renewalMargin = 2 * time.Minute

// keep keeps a token until shortly before it expires.
func (p *Person) keep(token string) {
	p.kept = kept{token: token, renewAt: expiryOf(token).Add(-renewalMargin)}
}

// Hold has the front-end keep a token, and use it however old it is: a front-end whose clock is wrong does so.
func (p *Person) Hold(token string) {
	p.kept = kept{token: token, renewAt: time.Now().Add(time.Hour)}
}

// Forget has the front-end get a new token with its next call, and so the back-end make its exchanges anew.
func (p *Person) Forget() { p.kept = kept{} }

// expiryOf reads when a token ends; the zero time where it does not say.
func expiryOf(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct{ Exp int64 }
	if err != nil || json.Unmarshal(data, &claims) != nil {
		return time.Time{}
	}
	return time.Unix(claims.Exp, 0)
}

// token gives the token for the back-end.
func (p *Person) token(ctx context.Context) (string, *problem) {
	if p.kept.token != "" && time.Now().Before(p.kept.renewAt) {
		return p.kept.token, nil
	}
	token, failed := p.acquire(ctx, demand{})
	if failed == nil {
		p.keep(token)
	}
	return token, failed
}

// acquire is acquireAccessToken: it asks the portal, and goes through the window that it opens.
func (p *Person) acquire(ctx context.Context, d demand) (string, *problem) {
	if len(d.scopes) > 0 || d.claims != "" {
		if refused := p.ask(ctx, d); refused != nil {
			return "", refused
		}
	}
	token, err := p.entra.Token(ctx, p.User)
	if err != nil {
		return "", &problem{kind: misconfigured, code: "WorkloadAuthError 2", detail: err.Error()}
	}
	return token.Token, nil
}

// ask goes through a window. How it ends is what the portal makes a WorkloadAuthError of.
func (p *Person) ask(ctx context.Context, d demand) *problem {
	address, state, err := p.entra.Ask(ctx, p.User, portal.Demand{Scopes: d.scopes, Claims: d.claims})
	if err != nil {
		return &problem{kind: misconfigured, code: "WorkloadAuthError 2", detail: err.Error()}
	}
	if err := p.window(ctx, address); err != nil {
		return noAnswer(err)
	}
	err = p.entra.Outcome(ctx, state)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, portal.ErrDeclined):
		return &problem{kind: scopesRefused, code: "WorkloadAuthError 4"}
	}
	return &problem{kind: interactionFailed, code: "WorkloadAuthError 1", detail: err.Error()}
}

// maxHops bounds the pages of a sign-in.
const maxHops = 10

// window opens a sign-in and follows it up to the workload's close page, which it does not load. Who is asked answers by
// themselves.
func (p *Person) window(ctx context.Context, address string) error {
	for range maxHops {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return fmt.Errorf("opening the window: %w", err)
		}
		resp, err := p.client.Do(req)
		if err != nil {
			return fmt.Errorf("opening the window: %w", err)
		}
		resp.Body.Close()
		next, err := resp.Location()
		if err != nil || strings.HasPrefix(next.String(), p.cloud.RedirectURI()) {
			return nil // an error page, or done: the portal knows
		}
		address = next.String()
	}
	return fmt.Errorf("the window comes to no end after %d pages", maxHops)
}
