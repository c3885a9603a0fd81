package auth_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/runtime/auth"
)

// BenchmarkTokenFromCache shows that many users, or tenants, do not slow one another: tokens on behalf of one user and
// of a hundred thousand, and the workload's own token for calls of one tenant and of ten thousand, by one goroutine and
// by as many as there are processors.
func BenchmarkTokenFromCache(b *testing.B) {
	w := newWorld(b)
	a := w.another(b, func(s *auth.Settings) { s.Now, s.TokenCacheSize = time.Now, 200_000 })
	one, many := a.NewCrowd(1, 1, storage), a.NewCrowd(100_000, 10_000, storage)
	oneTenant, tenants := a.NewCrowd(1, 1, app), a.NewCrowd(10_000, 10_000, app)
	for name, workers := range map[string]int{"serial": 1, "parallel": runtime.GOMAXPROCS(0)} {
		b.Run(name, func(b *testing.B) {
			compare(b, 1,
				&contender{name: "one-user", run: takeTokens(b, a, one, storage, workers)},
				&contender{name: "100k-users", run: takeTokens(b, a, many, storage, workers)},
				&contender{name: "app-one-tenant", run: takeTokens(b, a, oneTenant, app, workers)},
				&contender{name: "app-10k-tenants", run: takeTokens(b, a, tenants, app, workers)})
		})
	}
}

// takeTokens has each worker take a thousand tokens, each of a user at random.
func takeTokens(b *testing.B, a *auth.Authenticator, crowd *auth.Crowd, r auth.Resource, workers int) func() {
	seed := uint64(0)
	return func() {
		var group sync.WaitGroup
		for range workers {
			seed++
			order := rand.New(rand.NewPCG(seed, 0))
			group.Go(func() {
				for range 1000 {
					if _, err := a.Token(crowd.Context(order.IntN(crowd.Len())), r); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	}
}
