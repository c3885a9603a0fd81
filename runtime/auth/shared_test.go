package auth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// failing is a TokenCache in trouble: real ones are tested in package rediscache.
type failing struct {
	calls atomic.Int32
	fail  func(context.Context) error
}

func (f *failing) Get(ctx context.Context, _ string) ([]byte, error) {
	f.calls.Add(1)
	return nil, f.fail(ctx)
}

func (f *failing) Set(ctx context.Context, _ string, _ []byte, _ time.Duration) error {
	f.calls.Add(1)
	return f.fail(ctx)
}

func (f *failing) Delete(ctx context.Context, _ string) error {
	f.calls.Add(1)
	return f.fail(ctx)
}

func newEncryptionKey(t testing.TB) auth.EncryptionKey {
	t.Helper()
	var secret [32]byte
	_, _ = rand.Read(secret[:])
	key, err := auth.NewEncryptionKey(secret[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestASharedCacheInTrouble(t *testing.T) {
	for name, fail := range map[string]func(context.Context) error{
		"fails at once": func(context.Context) error { return errors.New("refused") },
		"hangs":         func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			store := &failing{fail: fail}
			w := newWorld(t, func(s *auth.Settings) {
				s.TokenCache, s.TokenCacheKeys = store, []auth.EncryptionKey{newEncryptionKey(t)}
			})
			began := time.Now()
			for range 5 {
				w.verified(t, w.as(t), storage)
			}
			if n, took := store.calls.Load(), time.Since(began); n != 1 || took > 3*time.Second {
				t.Errorf("%d calls and %s for 5 exchanges, want one call and at most half a second of it", n, took)
			}
			w.clock.Advance(6 * time.Second)
			w.verified(t, w.as(t), storage)
			if n := store.calls.Load(); n != 2 {
				t.Errorf("%d calls, want another one after the pause", n)
			}
			if n := strings.Count(w.log.String(), "shared token cache failed"); n != 2 {
				t.Errorf("%d lines in the log, want 2", n)
			}
		})
	}
}

// Somebody who no longer waits does not keep the others from the cache.
func TestACancelledCallerDoesNotPauseTheSharedCache(t *testing.T) {
	store := &failing{fail: func(ctx context.Context) error { return ctx.Err() }}
	w := newWorld(t, func(s *auth.Settings) {
		s.TokenCache, s.TokenCacheKeys = store, []auth.EncryptionKey{newEncryptionKey(t)}
	})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.auth.Resume(gone, "x"); !errors.Is(err, auth.ErrNoSession) {
		t.Errorf("err = %v, want ErrNoSession", err)
	}
	before := store.calls.Load()
	w.verified(t, w.as(t), storage)
	if store.calls.Load() == before {
		t.Error("the shared cache is left alone, though it did not fail")
	}
}

func TestASharedCacheNeedsAKey(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*auth.Settings){
		"no key":       func(s *auth.Settings) { s.TokenCache = &failing{} },
		"an empty key": func(s *auth.Settings) { s.TokenCache, s.TokenCacheKeys = &failing{}, make([]auth.EncryptionKey, 1) },
		"no cache":     func(s *auth.Settings) { s.TokenCacheKeys = []auth.EncryptionKey{newEncryptionKey(t)} },
	} {
		settings := w.entra.Settings()
		change(&settings)
		if _, err := auth.New(settings); err == nil || !strings.Contains(err.Error(), "TokenCacheKeys") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}
