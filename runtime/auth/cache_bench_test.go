package auth_test

import (
	"context"
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
				takeTokens(b, "one-user", a, one, storage, workers),
				takeTokens(b, "100k-users", a, many, storage, workers),
				takeTokens(b, "app-one-tenant", a, oneTenant, app, workers),
				takeTokens(b, "app-10k-tenants", a, tenants, app, workers))
		})
	}
}

// tokensPerRound is how many tokens each worker takes in a round. Their calls' contexts fit into a processor's cache,
// as that of a call does by the time that it wants a token; what is cached for a hundred thousand users does not.
const tokensPerRound = 200

// takeTokens has each worker take tokens of users at random.
func takeTokens(b *testing.B, name string, a *auth.Authenticator, crowd *auth.Crowd, r auth.Resource, workers int,
) *contender {
	order := rand.New(rand.NewPCG(1, 2))
	calls := make([]context.Context, workers*tokensPerRound)
	take := func(calls []context.Context) {
		for _, ctx := range calls {
			if _, err := a.Token(ctx, r); err != nil {
				b.Error(err)
			}
		}
	}
	return &contender{
		name: name,
		prepare: func() {
			for i := range calls {
				calls[i] = crowd.Context(order.IntN(crowd.Len()))
			}
		},
		run: func() {
			var group sync.WaitGroup
			for w := range workers {
				group.Go(func() { take(calls[w*tokensPerRound : (w+1)*tokensPerRound]) })
			}
			group.Wait()
		},
	}
}
