// Package rediscache keeps a workload's tokens in Redis, so that all of its replicas find those that one of them has
// exchanged, and go on with the jobs that another one began:
//
//	keys, err := auth.ParseEncryptionKeys(os.Getenv("TOKEN_CACHE_KEYS"))
//	…
//	cache, err := rediscache.Open(os.Getenv("TOKEN_CACHE_URL"))
//	…
//	defer cache.Close()
//	settings.TokenCache, settings.TokenCacheKeys = cache, keys
//
// Redis sees ciphertext alone: package auth encrypts before it stores. It need not persist anything and may forget what
// it likes (maxmemory-policy allkeys-lru); a token is then exchanged once more. Only a job that moves to another
// replica depends on what is there.
//
// The package stands apart from auth, so that a workload which does not import it has no Redis client in it.
package rediscache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/fabgen/fabgen/runtime/auth"
)

// DefaultPrefix begins the name of every entry, so that others can use the same Redis.
const DefaultPrefix = "fabgen:"

// Cache is an auth.TokenCache over Redis 6 or newer. It is safe for concurrent use.
type Cache struct {
	client redis.UniversalClient
	prefix string
}

var _ auth.TokenCache = (*Cache)(nil)

// Open makes a Cache for an address such as redis://cache:6379/0, or rediss://user:password@cache:6380/0 over TLS. It
// connects when it is first used; Ping tells whether that works. The error says what is wrong with the address, without
// its password.
func Open(address string) (*Cache, error) {
	options, err := redis.ParseURL(address)
	if err != nil { // whose text can hold the password
		return nil, errors.New("rediscache: the address cannot be read; want redis://host:6379/0, " +
			"or rediss://user:password@host:6380/0 for TLS")
	}
	options.ContextTimeoutEnabled = true
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = dialTimeout, callTimeout, callTimeout
	options.MaxRetries = 1 // package auth gives up after half a second anyway
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return New(redis.NewClient(options), DefaultPrefix), nil
}

const (
	dialTimeout = 2 * time.Second
	callTimeout = time.Second
)

// New makes a Cache of a client that is at hand, such as one for a cluster or for Sentinel. Close closes the client.
func New(client redis.UniversalClient, prefix string) *Cache {
	return &Cache{client: client, prefix: prefix}
}

// Get implements auth.TokenCache.
func (c *Cache) Get(ctx context.Context, name string) ([]byte, error) {
	value, err := c.client.Get(ctx, c.prefix+name).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return value, wrap("GET", err)
}

// Set implements auth.TokenCache.
func (c *Cache) Set(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	return wrap("SET", c.client.Set(ctx, c.prefix+name, value, ttl).Err())
}

// Delete implements auth.TokenCache.
func (c *Cache) Delete(ctx context.Context, name string) error {
	return wrap("DEL", c.client.Del(ctx, c.prefix+name).Err())
}

// Ping says whether Redis answers, for a readiness page.
func (c *Cache) Ping(ctx context.Context) error { return wrap("PING", c.client.Ping(ctx).Err()) }

// Close gives the connections back.
func (c *Cache) Close() error { return wrap("closing", c.client.Close()) }

func wrap(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("rediscache: %s: %w", operation, err)
}
