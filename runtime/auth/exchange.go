package auth

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/singleflight"
)

const (
	exchangeAttempts = 3
	firstBackOff     = 250 * time.Millisecond
	longestWait      = 5 * time.Second // for one attempt; where Entra asks for more, the caller is told instead
	coolDown         = 2 * time.Second // after a failure for which Entra names no time
	expiryMargin     = 30 * time.Second
	refreshAhead     = 5 * time.Minute // at most; a fifth of the token's life where that is less
	refreshRetry     = time.Minute
)

// exchanger gets tokens from Entra and remembers them. It lets identical requests that come at the same time share one
// exchange, which no single caller can cancel, and renews a token in the background before it expires.
type exchanger struct {
	credential      Credential
	clientID        string
	http            *msalHTTP
	cache           *cache[cachedToken]
	shared          *sharedCache
	telemetry       *telemetry
	cooling         *cache[cooling]
	flights         singleflight.Group
	now             func() time.Time
	sleep           Sleeper
	logger          *slog.Logger
	timeout         time.Duration
	adminConsentURL func(tenant string) string
}

// query is what a token is asked for. It is not changed once it is asked.
type query struct {
	resource  Resource
	tenant    string
	assertion *assertion // the user; nil for the app
	claims    Sensitive  // a claims challenge to answer
	rejected  Sensitive  // a token that will not do, although it has not expired
	session   *session   // of a long-running job
	caller    *Caller    // whose the session is
	primes    bool       // the exchange is for the session's own sake: no cached token will do
	ids       requestIDs
	span      trace.SpanContext // of the call that wants the token
}

// cachedToken is small, since a hundred thousand of them do not fit into a processor's cache. Times are in nanoseconds
// since 1970.
type cachedToken struct {
	value             Sensitive
	expiry, refreshAt int64
}

func newCachedToken(token AccessToken, refreshAt time.Time) cachedToken {
	return cachedToken{value: token.Value, expiry: token.Expiry.UnixNano(), refreshAt: refreshAt.UnixNano()}
}

func (t cachedToken) accessToken() AccessToken {
	return AccessToken{Value: t.value, Expiry: time.Unix(0, t.expiry)}
}

func (t cachedToken) dueAt(now time.Time) bool { return now.UnixNano() > t.refreshAt }

// cooling is a failure that holds for a while, so that a service that is in trouble is not asked by every call.
type cooling struct {
	until time.Time
	err   *ExchangeError
}

// key is a digest over everything that makes two tokens differ: for whom, where, for what.
func (q *query) key() digest {
	var space [512]byte
	b := space[:0]
	field := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	field(q.tenant)
	if q.assertion != nil {
		b = append(b, q.assertion.digest[:]...)
	} else {
		b = append(b, make([]byte, sha256.Size)...)
	}
	field(q.resource.URI)
	if q.resource.As == AsUser {
		for _, scope := range q.resource.Scopes {
			field(q.resource.shortScope(scope))
		}
	}
	field("") // no scope is empty: here they end
	field(string(q.claims))
	return sha256.Sum256(b)
}

// failure is the error of a token that could not be had.
func (q *query) failure(kind Kind, cause error) *ExchangeError {
	return &ExchangeError{Kind: kind, Resource: q.resource.label(), Scopes: q.resource.FullScopes(), cause: cause}
}

// get gives a token from the cache or from Entra. ctx bounds the waiting only. The error is an *ExchangeError.
func (x *exchanger) get(ctx context.Context, q *query) (AccessToken, error) {
	key := q.key()
	if known, ok := x.cached(&key, q); ok {
		if known.dueAt(x.now()) && (q.assertion == nil || q.session != nil ||
			x.now().Before(q.assertion.expiry)) {
			renewal := *q
			renewal.rejected = known.value
			x.start(key, &renewal)
		}
		x.telemetry.token(ctx, q, fromMemory)
		return known.accessToken(), nil
	}
	select {
	case result := <-x.start(key, q):
		if result.Err != nil {
			return AccessToken{}, result.Err
		}
		return result.Val.(AccessToken), nil
	case <-ctx.Done():
		return AccessToken{}, q.failure(Unavailable, context.Cause(ctx))
	}
}

func (x *exchanger) cached(key *digest, q *query) (cachedToken, bool) {
	known, ok := x.cache.get(key)
	return known, ok && x.serves(known, q)
}

// serves says whether a cached token will do.
func (x *exchanger) serves(known cachedToken, q *query) bool {
	return x.now().Add(expiryMargin).UnixNano() < known.expiry && known.value != q.rejected
}

// fromOthers takes a token that another replica has exchanged out of the shared cache.
func (x *exchanger) fromOthers(ctx context.Context, key *digest, q *query) (cachedToken, bool) {
	var found sharedToken
	if q.primes || !x.shared.load(ctx, tokenEntry, key, &found) || !x.serves(found.cached(), q) {
		return cachedToken{}, false
	}
	x.cache.put(key, found.cached())
	return found.cached(), true
}

// remember keeps a new token, here and for other replicas.
func (x *exchanger) remember(ctx context.Context, key *digest, token AccessToken) {
	life := token.Expiry.Sub(x.now())
	known := newCachedToken(token, token.Expiry.Add(-min(life/5, refreshAhead)))
	x.cache.put(key, known)
	x.cooling.remove(key)
	x.shared.save(ctx, tokenEntry, key, shared(known), life)
}

// start joins the exchange that is under way for the same query, or starts one.
func (x *exchanger) start(key digest, q *query) <-chan singleflight.Result {
	name := string(key[:])
	if q.rejected != "" {
		name += "again"
	}
	return x.flights.DoChan(name, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), x.timeout)
		defer cancel()
		token, err := x.exchange(ctx, key, q)
		if err != nil { // not a nil *ExchangeError in an error
			return AccessToken{}, err
		}
		return token, nil
	})
}

// exchange asks Entra, unless somebody else just has, or Entra asked not to.
func (x *exchanger) exchange(ctx context.Context, key digest, q *query) (token AccessToken, err *ExchangeError) {
	defer func() {
		if r := recover(); r != nil { // of a library; a panic in a goroutine of ours would end the program
			err = q.failure(Unavailable, fmt.Errorf("the exchange panicked: %T", r))
			x.logger.Error("auth: an exchange panicked", q.ids.attr(), "resource", q.resource.label(), "type",
				fmt.Sprintf("%T", r))
		}
	}()
	if known, ok := x.cached(&key, q); ok && !q.primes {
		return known.accessToken(), nil
	}
	if known, ok := x.fromOthers(ctx, &key, q); ok {
		x.telemetry.token(ctx, q, fromShared)
		return known.accessToken(), nil
	}
	if waiting, ok := x.cooling.get(&key); ok && x.now().Before(waiting.until) {
		again := *waiting.err
		again.RetryAfter = waiting.until.Sub(x.now())
		return AccessToken{}, &again
	}
	ctx, done := x.telemetry.exchange(ctx, q)
	token, err = x.attempts(ctx, q)
	if done(err); err != nil {
		x.failed(&key, q, err)
		return AccessToken{}, err
	}
	x.telemetry.token(ctx, q, fromEntra)
	x.remember(ctx, &key, token)
	if q.session != nil {
		q.session.share(ctx, q.caller)
	}
	return token, nil
}

// attempts asks Entra up to three times where asking again can help.
func (x *exchanger) attempts(ctx context.Context, q *query) (AccessToken, *ExchangeError) {
	client, err := x.newMSAL(q.tenant)
	if err != nil {
		return AccessToken{}, q.failure(Misconfigured, err)
	}
	for attempt := 1; ; attempt++ {
		token, failure := x.acquire(ctx, &client, q)
		if failure == nil {
			return token, nil
		}
		wait := failure.RetryAfter
		if wait == 0 {
			wait = firstBackOff << (attempt - 1)
			wait += rand.N(wait / 2)
		}
		if !failure.transient() || attempt == exchangeAttempts || wait > longestWait || x.sleep(ctx, wait) != nil {
			return AccessToken{}, failure
		}
	}
}

// transient says whether the same exchange may succeed later without anybody doing anything.
func (e *ExchangeError) transient() bool {
	return e.Kind == Throttled || e.Kind == Unavailable && !errors.Is(e.cause, errMSALAnswer)
}

// failed logs a failure, once for all who wait for it, and remembers it where that spares Entra.
func (x *exchanger) failed(key *digest, q *query, err *ExchangeError) {
	level := slog.LevelInfo
	switch {
	case err.Kind == Misconfigured:
		level = slog.LevelError
	case err.transient():
		level = slog.LevelWarn
		until := x.now().Add(max(err.RetryAfter, coolDown))
		x.cooling.put(key, cooling{until: until, err: err})
	}
	x.logger.LogAttrs(context.Background(), level, "auth: exchange failed", q.ids.attr(),
		slog.String("resource", q.resource.label()), slog.String("as", q.resource.As.String()),
		slog.String("tenantId", q.tenant), slog.String("kind", string(err.Kind)), slog.String("error", err.Error()))
	if known, ok := x.cache.get(key); ok && q.rejected != "" {
		known.refreshAt = x.now().Add(refreshRetry).UnixNano()
		x.cache.put(key, known)
	}
}
