package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	sharedTimeout = 500 * time.Millisecond // for one call of a TokenCache: asking Entra takes about as long
	sharedPause   = 5 * time.Second        // how long a TokenCache that failed is left alone
	maxShared     = 64 << 10               // of one value
)

// sharedCache is a TokenCache as this package uses it: encrypted, apart for each workload, bounded in time, and never
// the reason why a call fails. A nil one is empty and takes nothing.
type sharedCache struct {
	store     TokenCache
	ring      keyRing
	names     digest // of the workload whose entries these are
	logger    *slog.Logger
	now       func() time.Time
	telemetry *telemetry
	resumes   atomic.Int64 // when the store may be asked again, in nanoseconds since 1970
}

func newSharedCache(s Settings, telemetry *telemetry) *sharedCache {
	if s.TokenCache == nil {
		return nil
	}
	return &sharedCache{store: s.TokenCache, ring: s.TokenCacheKeys, logger: s.Logger, now: s.Now, telemetry: telemetry,
		names: sha256.Sum256([]byte(s.Authority + "\n" + s.ClientID))}
}

// name is what an entry is called in the store: its kind, and a digest over what it is for.
func (c *sharedCache) name(kind string, key *digest) string {
	sum := sha256.Sum256(append(c.names[:], key[:]...))
	return kind + base64.RawURLEncoding.EncodeToString(sum[:])
}

// Kinds of entries.
const (
	tokenEntry   = "token:"
	sessionEntry = "session:"
)

// load reads an entry into value, and says whether there is one that is ours and whole.
func (c *sharedCache) load(ctx context.Context, kind string, key *digest, value any) bool {
	if c == nil {
		return false
	}
	name := c.name(kind, key)
	var sealed []byte
	if !c.try(ctx, "get", func(ctx context.Context) (err error) { sealed, err = c.store.Get(ctx, name); return err }) ||
		len(sealed) == 0 {
		return false
	}
	text, err := c.ring.open(name, sealed[:min(len(sealed), maxShared)])
	if err == nil {
		err = json.Unmarshal(text, value)
	}
	if err != nil {
		c.logger.Warn("auth: an entry of the shared token cache cannot be used", "entry", name, "error", err)
	}
	return err == nil
}

// save keeps an entry for ttl.
func (c *sharedCache) save(ctx context.Context, kind string, key *digest, value any, ttl time.Duration) {
	if c == nil || ttl <= 0 {
		return
	}
	name := c.name(kind, key)
	text, err := json.Marshal(value)
	if err != nil || len(text) > maxShared/2 {
		c.logger.Warn("auth: an entry is too large for the shared token cache", "entry", name, "bytes", len(text))
		return
	}
	sealed := c.ring.seal(name, text)
	c.try(ctx, "set", func(ctx context.Context) error { return c.store.Set(ctx, name, sealed, ttl) })
}

func (c *sharedCache) forget(ctx context.Context, kind string, key *digest) {
	if c == nil {
		return
	}
	c.try(ctx, "delete", func(ctx context.Context) error { return c.store.Delete(ctx, c.name(kind, key)) })
}

// try makes one call of the store, unless that is being left alone, and says whether it went well.
func (c *sharedCache) try(ctx context.Context, operation string, call func(context.Context) error) bool {
	resumes := c.resumes.Load()
	if c.now().UnixNano() < resumes {
		return false
	}
	bounded, cancel := context.WithTimeout(ctx, sharedTimeout)
	defer cancel()
	err := call(bounded)
	c.telemetry.sharedCall(ctx, operation, err)
	if err == nil || ctx.Err() != nil { // whoever asked has gone: nothing is said of the store
		return err == nil
	}
	if c.resumes.CompareAndSwap(resumes, c.now().Add(sharedPause).UnixNano()) { // one line for all who failed together
		c.logger.Warn("auth: the shared token cache failed and is left alone for a while; tokens are kept in memory",
			"operation", operation, "pause", sharedPause.String(), "error", err)
	}
	return false
}

// sharedToken is a cachedToken in the shared cache.
type sharedToken struct {
	Token     string    `json:"token"`
	Expiry    time.Time `json:"expiry"`
	RefreshAt time.Time `json:"refreshAt"`
}

func (t sharedToken) cached() cachedToken {
	return newCachedToken(AccessToken{Value: Sensitive(t.Token), Expiry: t.Expiry}, t.RefreshAt)
}

func shared(t cachedToken) sharedToken {
	return sharedToken{Token: string(t.value), Expiry: time.Unix(0, t.expiry), RefreshAt: time.Unix(0, t.refreshAt)}
}
