package rediscache_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/redistest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/entratest"
)

var (
	storage = auth.Resource{Name: "onelake", URI: "https://storage.azure.com", Scopes: []string{"user_impersonation"}}
	graph   = auth.Resource{Name: "graph", URI: "https://graph.microsoft.com", Scopes: []string{"User.Read"}}
)

// world is a local Entra, a Redis, and the replicas of a workload that share both.
type world struct {
	entra *entratest.Server
	redis *redistest.Redis
	log   *log

	mu     sync.Mutex
	offset time.Duration
}

type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{redis: redistest.Start(t), log: &log{}}
	w.entra = entratest.New(t, func(o *entratest.Options) { o.Now = w.now })
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += d
}

// newKey is an encryption key as a setting has it.
func newKey() string {
	var secret [32]byte
	_, _ = rand.Read(secret[:])
	return base64.StdEncoding.EncodeToString(secret[:])
}

// replica is a replica of the workload with these encryption keys.
func (w *world) replica(t *testing.T, keys string, change ...func(*auth.Settings)) *auth.Authenticator {
	t.Helper()
	settings := w.entra.Settings()
	settings.TokenCache = open(t, w.redis)
	var err error
	if settings.TokenCacheKeys, err = auth.ParseEncryptionKeys(keys); err != nil {
		t.Fatal(err)
	}
	settings.Logger = slog.New(slog.NewTextHandler(w.log, nil))
	for _, c := range change {
		c(&settings)
	}
	a, err := auth.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// call is the context of a call that reaches a replica with the token.
func call(t *testing.T, a *auth.Authenticator, token string) context.Context {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	caller, err := a.AuthenticateData(r, "Forecast.Read.All")
	if err != nil {
		t.Fatal(err)
	}
	return auth.WithCaller(t.Context(), caller)
}

func (w *world) subject(options ...entratest.TokenOption) string {
	return w.entra.SubjectToken(append([]entratest.TokenOption{entratest.Scopes("Forecast.Read.All")}, options...)...)
}

func get(t *testing.T, a *auth.Authenticator, ctx context.Context, r auth.Resource) string {
	t.Helper()
	token, err := a.Token(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return string(token.Value)
}

func (w *world) wantExchanges(t *testing.T, want int) {
	t.Helper()
	if n := w.entra.Counts().Token; n != want {
		t.Errorf("%d requests for a token reached Entra, want %d", n, want)
	}
}

func TestReplicasShareTokens(t *testing.T) {
	w, key := newWorld(t), newKey()
	a, b := w.replica(t, key), w.replica(t, key)
	subject := w.subject()
	app := auth.Resource{URI: storage.URI, As: auth.AsApp}
	for _, r := range []auth.Resource{storage, graph, app} {
		if get(t, a, call(t, a, subject), r) != get(t, b, call(t, b, subject), r) {
			t.Errorf("%s: the second replica has a token of its own", r.Name)
		}
	}
	w.wantExchanges(t, 3)
	other := w.subject(entratest.User("11111111-2222-4333-8444-555555555555"))
	if get(t, b, call(t, b, other), storage) == get(t, a, call(t, a, subject), storage) {
		t.Error("two users share a token")
	}
	w.wantExchanges(t, 4)
}

func TestReplicasRenewOnce(t *testing.T) {
	w, key := newWorld(t), newKey()
	a, b := w.replica(t, key), w.replica(t, key)
	app := auth.Resource{URI: storage.URI, As: auth.AsApp}
	old := get(t, a, t.Context(), app)
	get(t, b, t.Context(), app)
	w.advance(56 * time.Minute)
	for _, replica := range []*auth.Authenticator{a, b} {
		for deadline := time.Now().Add(10 * time.Second); get(t, replica, t.Context(), app) == old; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the token was not renewed")
			}
		}
	}
	w.wantExchanges(t, 2)
}

func TestRedisSeesCiphertextAlone(t *testing.T) {
	w := newWorld(t)
	a := w.replica(t, newKey())
	subject := w.subject()
	ctx := call(t, a, subject)
	token := get(t, a, ctx, storage)
	if _, err := a.LongRunning(ctx, storage); err != nil {
		t.Fatal(err)
	}
	client := w.redis.Client(t)
	names := client.Keys(t.Context(), "*").Val()
	if len(names) != 2 {
		t.Fatalf("%d entries, want a token and a session", len(names))
	}
	for _, name := range names {
		text := name + client.Get(t.Context(), name).Val()
		for _, secret := range []string{token, "eyJ", "refresh", entratest.DefaultUserID, entratest.DefaultUserTenantID} {
			if strings.Contains(text, secret) {
				t.Errorf("Redis has %.10q… in plain text", secret)
			}
		}
		if ttl := client.TTL(t.Context(), name).Val(); ttl <= 0 || ttl > 24*time.Hour {
			t.Errorf("%s lives for %s", name, ttl)
		}
	}
}

func TestKeysAreRotated(t *testing.T) {
	w, before, after := newWorld(t), newKey(), newKey()
	subject := w.subject()
	first := w.replica(t, before)
	token := get(t, first, call(t, first, subject), storage)
	for _, keys := range []string{before + "," + after, after + ", " + before} {
		a := w.replica(t, keys)
		if get(t, a, call(t, a, subject), storage) != token {
			t.Error("an entry under the old key is not found")
		}
	}
	w.wantExchanges(t, 1)
	last := w.replica(t, after)
	get(t, last, call(t, last, subject), storage) // and puts one under the new key in its place
	again := w.replica(t, after+","+before)
	get(t, again, call(t, again, subject), storage)
	w.wantExchanges(t, 2)
	if !strings.Contains(w.log.String(), "was not encrypted by one of TokenCacheKeys") {
		t.Error("the log does not tell of the entry that cannot be read")
	}
}

// Whoever can write to Redis can make tokens be exchanged again, and nothing else.
func TestForgedEntriesAreRefused(t *testing.T) {
	w, key := newWorld(t), newKey()
	a := w.replica(t, key)
	subject := w.subject()
	get(t, a, call(t, a, subject), storage)
	client := w.redis.Client(t)
	storageName := client.Keys(t.Context(), "*").Val()[0]
	get(t, a, call(t, a, subject), graph)
	names := client.Keys(t.Context(), "*").Val()
	genuine := []byte(client.Get(t.Context(), storageName).Val())
	flipped := bytes.Clone(genuine)
	flipped[len(flipped)-1] ^= 1
	for name, forged := range map[string][]byte{
		"another entry's": genuine, "changed": flipped, "short": genuine[:4], "garbage": []byte("x"),
		"plain": []byte(`{"token":"x"}`), "huge": bytes.Repeat([]byte{1}, 1<<20),
	} {
		for _, entry := range names {
			if err := client.Set(t.Context(), entry, forged, time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		b := w.replica(t, key)
		token := get(t, b, call(t, b, subject), graph)
		if _, err := w.entra.VerifyFor(token, graph.URI, "User.Read"); err != nil {
			t.Errorf("%s: the token is not for graph: %v", name, err)
		}
	}
	w.wantExchanges(t, 2+6)
}

func TestWorkloadsOnOneRedisAreApart(t *testing.T) {
	w, key := newWorld(t), newKey()
	other := entratest.New(t)
	a := w.replica(t, key)
	b := w.replica(t, key, func(s *auth.Settings) {
		theirs := other.Settings()
		s.Authority, s.V1Issuer, s.HTTPClient, s.Credential = theirs.Authority, theirs.V1Issuer, theirs.HTTPClient,
			theirs.Credential
	})
	app := auth.Resource{URI: storage.URI, As: auth.AsApp}
	if get(t, a, t.Context(), app) == get(t, b, t.Context(), app) {
		t.Error("two workloads share a token")
	}
}

func TestCallsGoOnWithoutRedis(t *testing.T) {
	w, key := newWorld(t), newKey()
	a := w.replica(t, key)
	subject := w.subject()
	get(t, a, call(t, a, subject), storage)
	w.redis.Stop()
	began := time.Now()
	for i := range 20 {
		resource := auth.Resource{URI: "https://api.example.com/" + string(rune('a'+i)), As: auth.AsApp}
		get(t, a, t.Context(), resource)
	}
	get(t, a, call(t, a, subject), storage)
	ctx, err := a.LongRunning(call(t, a, subject), storage)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Resume(t.Context(), auth.SessionID(ctx)); err != nil {
		t.Errorf("its own session: %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("22 exchanges took %s without Redis", took)
	}
	if n := strings.Count(w.log.String(), "is left alone for a while"); n < 1 || n > 3 {
		t.Errorf("%d lines about Redis in the log, want one for each pause:\n%s", n, w.log)
	}
}

func TestASessionMovesToAnotherReplica(t *testing.T) {
	w, key := newWorld(t), newKey()
	a, b, c := w.replica(t, key), w.replica(t, key), w.replica(t, key)
	ctx, err := a.LongRunning(call(t, a, w.subject(entratest.Expires(5*time.Minute))), storage)
	if err != nil {
		t.Fatal(err)
	}
	id := auth.SessionID(ctx)
	w.advance(7 * time.Minute) // the user's own token has expired
	moved, err := b.Resume(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []auth.Resource{storage, graph, auth.Fabric()} {
		token, err := w.entra.VerifyFor(get(t, b, moved, r), r.URI)
		if err != nil || token.ObjectID != entratest.DefaultUserID || token.TenantID != entratest.DefaultUserTenantID {
			t.Errorf("%s: token = %+v, %v", r.Name, token, err)
		}
	}
	if caller, _ := auth.CallerFrom(moved); caller == nil || caller.ObjectID != entratest.DefaultUserID ||
		!caller.HasScope("Forecast.Read.All") || caller.RequestID == "" || auth.SessionID(moved) != id {
		t.Errorf("caller = %v", caller)
	}
	b.EndLongRunning(moved)
	for name, replica := range map[string]*auth.Authenticator{"where it ended": b, "elsewhere": c} {
		if _, err := replica.Resume(t.Context(), id); !errors.Is(err, auth.ErrNoSession) {
			t.Errorf("%s: err = %v, want ErrNoSession", name, err)
		}
	}
	if _, err := b.Token(moved, auth.Resource{URI: "https://vault.azure.net"}); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("a token in a session that has ended: err = %v", err)
	}
}

func TestReplicasConcurrently(t *testing.T) {
	w, key := newWorld(t), newKey()
	replicas := []*auth.Authenticator{w.replica(t, key), w.replica(t, key), w.replica(t, key)}
	subjects := []string{w.subject(), w.subject(), w.subject()}
	var group sync.WaitGroup
	for n := range 60 {
		group.Go(func() {
			a, subject := replicas[n%len(replicas)], subjects[n/len(replicas)%len(subjects)]
			for _, r := range []auth.Resource{storage, graph} {
				if token, err := a.Token(call(t, a, subject), r); err != nil {
					t.Error(err)
				} else if _, err := w.entra.VerifyFor(string(token.Value), r.URI); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := w.entra.Counts().Token; n > len(replicas)*len(subjects)*2 {
		t.Errorf("%d requests reached Entra, want at most one for each replica, user and resource", n)
	}
}
