package auth

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Crowd is very many users for each of whom a token for a resource is cached: what as many signatures and exchanges
// would leave behind, without the minutes that those take.
type Crowd struct {
	users   []digest
	tenants []string
	expiry  time.Time
}

// NewCrowd fills the cache of a for users that are spread over the tenants.
func (a *Authenticator) NewCrowd(users, tenants int, resource Resource) *Crowd {
	c := &Crowd{users: make([]digest, users), tenants: make([]string, tenants), expiry: a.now().Add(time.Hour)}
	for i := range c.tenants {
		c.tenants[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
	}
	for i := range c.users {
		c.users[i] = sha256.Sum256(binary.AppendUvarint(nil, uint64(i)))
		q, err := a.query(c.Context(i), resource)
		if err != nil {
			panic(err)
		}
		key := q.key()
		token := AccessToken{Value: Sensitive(fmt.Sprintf("token of %d", i)), Expiry: c.expiry}
		a.exchanger.cache.put(&key, newCachedToken(token, c.expiry.Add(-5*time.Minute)))
	}
	return c
}

// Context is that of a call by one of the users, made anew as the middleware makes it; the tenant's text too is in the
// processor's cache by then, since the middleware has compared it.
func (c *Crowd) Context(user int) context.Context {
	return WithCaller(context.Background(), &Caller{TenantID: strings.Clone(c.tenants[user%len(c.tenants)]),
		assertion: &assertion{token: "assertion", digest: c.users[user], expiry: c.expiry}})
}

// Len counts the users.
func (c *Crowd) Len() int { return len(c.users) }
