package auth_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

const outageUsers = 5

// town is a world with users who have called before Entra goes away.
type town struct {
	*world
	url    string
	users  []context.Context
	tokens map[string]auth.Sensitive // by user and resource
	calls  int
}

func newTown(t *testing.T) *town {
	w := newWorld(t)
	c := &town{world: w, url: w.serve(t).URL, tokens: map[string]auth.Sensitive{}}
	w.accepts(t)                     // the keys are fetched
	w.clock.Advance(8 * time.Minute) // and turn an hour old in the middle of the outage
	for i := range outageUsers {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		c.users = append(c.users, w.as(t, entratest.User(id)))
	}
	c.everyCall(t)
	return c
}

// everyCall makes each call that needs nothing of Entra but what is at hand.
func (c *town) everyCall(t *testing.T) {
	t.Helper()
	for i, ctx := range c.users {
		for _, r := range []auth.Resource{storage, graph, app} {
			c.token(t, ctx, fmt.Sprint(i, r.Name), r)
		}
		c.count(t, func() error { _, err := c.auth.SubjectAndAppHeader(ctx); return err })
	}
	data := authorization("Bearer " + c.entra.SubjectToken(entratest.Scopes(scope)))
	control := authorization(c.entra.Authorization())
	control.Set("x-ms-client-tenant-id", entratest.DefaultUserTenantID)
	for path, header := range map[string]http.Header{"/api/forecasts": data, "/workload/create": control} {
		c.count(t, func() error {
			if got := call(t, c.url+path, header); got.status != http.StatusOK {
				return fmt.Errorf("%s: %d %s", path, got.status, got.text)
			}
			return nil
		})
	}
}

// token wants the token that the user had before.
func (c *town) token(t *testing.T, ctx context.Context, name string, r auth.Resource) {
	t.Helper()
	c.count(t, func() error {
		token, err := c.auth.Token(ctx, r)
		if known, ok := c.tokens[name]; ok && err == nil && known != token.Value {
			return errors.New("another token than before")
		}
		c.tokens[name] = token.Value
		return err
	})
}

func (c *town) count(t *testing.T, call func() error) {
	t.Helper()
	c.calls++
	if err := call(); err != nil {
		t.Errorf("call %d was lost: %v", c.calls, err)
	}
}

// Entra is away for ten minutes, in which keys and tokens are due for renewal, and not one call is lost.
func TestAnOutageLosesNoCall(t *testing.T) {
	const step, steps = 15 * time.Second, 40
	c := newTown(t)
	perStep := c.calls
	c.clock.Advance(46 * time.Minute)
	c.entra.SetOutage(true)
	started, before := c.clock.Now(), c.entra.Counts()
	for range steps {
		c.clock.Advance(step)
		c.refuses(t, auth.UnknownKey, entratest.Header("kid", "stranger"))
		attempts := c.entra.Counts().Discovery - before.Discovery
		if err := c.auth.Ready(t.Context()); err != nil {
			t.Errorf("Ready: %v", err)
		}
		if status := c.auth.KeyStatus(); attempts == 0 && status.Stale || status.Stale != (status.LastError != nil) {
			t.Errorf("%+v after %d attempts", status, attempts)
		}
		c.everyCall(t)
	}
	if want := perStep * (steps + 1); c.calls != want || !c.auth.KeyStatus().Stale {
		t.Errorf("%d calls, want %d; %+v, want stale keys", c.calls, want, c.auth.KeyStatus())
	}
	attempts := c.entra.Counts().Discovery - before.Discovery
	most := int(c.clock.Now().Sub(started)/auth.DefaultKeyRefreshInterval) + 1
	if attempts == 0 || attempts > most {
		t.Errorf("%d attempts to fetch keys in ten minutes, want at most %d", attempts, most)
	}
	eventually(t, "a token was due", func() bool { return c.entra.Counts().Token > before.Token })
	c.seesRotation(t)
}

// eventually waits for what goes on in the background.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}

// seesRotation wants a new key to be seen within the interval though a thousand tokens of strangers flood in.
func (c *town) seesRotation(t *testing.T) {
	t.Helper()
	c.entra.SetOutage(false)
	c.rotate(t)
	before := c.entra.Counts().Keys
	c.flood(t)
	c.clock.Advance(auth.DefaultKeyRefreshInterval)
	c.flood(t)
	c.accepts(t)
	if n := c.entra.Counts().Keys - before; n < 1 || n > 2 {
		t.Errorf("%d fetches, want one for the flood, and one before it at most", n)
	}
	if status := c.auth.KeyStatus(); status.Stale || status.Keys != 2 {
		t.Errorf("%+v, want both keys, fresh", status)
	}
}

// flood brings a thousand tokens at once, each with a key ID that nobody has seen.
func (c *town) flood(t *testing.T) {
	t.Helper()
	_, rest, _ := strings.Cut(c.entra.SubjectToken(), ".")
	var group sync.WaitGroup
	var taken atomic.Int32
	for range 1000 {
		header := base64.RawURLEncoding.EncodeToString(
			[]byte(`{"alg":"RS256","typ":"JWT","kid":"` + rand.Text() + `"}`))
		group.Go(func() {
			var refusal *auth.ValidationError
			_, err := c.auth.ValidateSubject(t.Context(), header+"."+rest)
			if !errors.As(err, &refusal) || refusal.Reason != auth.UnknownKey {
				taken.Add(1)
			}
		})
	}
	group.Wait()
	if n := taken.Load(); n != 0 {
		t.Errorf("%d strangers were not refused for their key", n)
	}
}

// A thousand callers who want the same token at once wait for one exchange.
func TestAThousandIdenticalExchangesShareOne(t *testing.T) {
	w := newWorld(t)
	w.entra.SetLatency(100 * time.Millisecond)
	ctx := w.as(t)
	var group sync.WaitGroup
	tokens := make([]auth.AccessToken, 1000)
	errs := make([]error, len(tokens))
	for i := range tokens {
		group.Go(func() { tokens[i], errs[i] = w.auth.Token(ctx, storage) })
	}
	group.Wait()
	for i, token := range tokens {
		if errs[i] != nil || token.Value != tokens[0].Value {
			t.Fatalf("caller %d: %v, another token: %t", i, errs[i], token.Value != tokens[0].Value)
		}
	}
	if c := w.entra.Counts(); c.Token != 1 || c.OnBehalfOf != 1 {
		t.Errorf("counts = %+v, want one request for a token", c)
	}
}
