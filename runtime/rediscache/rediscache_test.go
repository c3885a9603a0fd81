package rediscache_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/redistest"
	"github.com/fabgen/fabgen/runtime/rediscache"
)

func open(t testing.TB, r *redistest.Redis) *rediscache.Cache {
	t.Helper()
	cache, err := rediscache.Open(r.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	return cache
}

func TestCache(t *testing.T) {
	redis := redistest.Start(t)
	cache, ctx := open(t, redis), t.Context()
	if err := cache.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	if value, err := cache.Get(ctx, "a"); value != nil || err != nil {
		t.Errorf("nothing there: %q, %v", value, err)
	}
	want := []byte{0, 1, 0xff, '\r', '\n'}
	for _, value := range [][]byte{[]byte("first"), want} {
		if err := cache.Set(ctx, "a", value, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if value, err := cache.Get(ctx, "a"); !bytes.Equal(value, want) || err != nil {
		t.Errorf("Get = %q, %v, want %q", value, err, want)
	}
	if ttl := redis.Client(t).TTL(ctx, rediscache.DefaultPrefix+"a").Val(); ttl <= 59*time.Minute || ttl > time.Hour {
		t.Errorf("it lives for %s, want an hour", ttl)
	}
	for range 2 { // forgetting what is not there is no error
		if err := cache.Delete(ctx, "a"); err != nil {
			t.Fatal(err)
		}
	}
	if value, err := cache.Get(ctx, "a"); value != nil || err != nil {
		t.Errorf("after Delete: %q, %v", value, err)
	}
}

func TestCacheHeedsTheContext(t *testing.T) {
	redis := redistest.Start(t)
	cache := open(t, redis)
	if err := cache.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := redis.Client(t).Do(t.Context(), "CLIENT", "PAUSE", "5000", "ALL").Err(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := cache.Get(ctx, "a"); err == nil || time.Since(began) > 2*time.Second {
		t.Errorf("err = %v after %s", err, time.Since(began))
	}
}

func TestCacheWithoutRedis(t *testing.T) {
	redis := redistest.Start(t)
	cache := open(t, redis)
	redis.Stop()
	for name, err := range map[string]error{
		"PING": cache.Ping(t.Context()),
		"SET":  cache.Set(t.Context(), "a", []byte("value"), time.Hour),
		"DEL":  cache.Delete(t.Context(), "a"),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "rediscache: "+name) || strings.Contains(err.Error(), "value") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestBadAddresses(t *testing.T) {
	for _, address := range []string{
		"", "cache:6379", "http://user:hunter2@cache:6379", "redis://user:hunter2@cache:port/0",
		"redis://user:hunter2@cache:6379/x", "redis://user:hunter2@cache:6379/0?nonsense=1", "redis://\x00hunter2",
	} {
		cache, err := rediscache.Open(address)
		if err == nil || cache != nil {
			t.Errorf("%q was taken", address)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "redis://host:6379/0") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
