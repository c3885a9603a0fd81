package auth

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	keyFetchTimeout = 10 * time.Second
	keySoftAge      = time.Hour   // from here on keys are fetched anew in the background
	firstKeyRetry   = time.Second // doubled with every failure while there are no keys at all, up to the interval
)

// keySet is one state of Entra's keys. It is never changed.
type keySet struct {
	byID      map[string]*signingKey
	fetchedAt time.Time
}

// keyStore holds Entra's current keys. Whatever arrives, it fetches them at most once an interval: an unknown kid can
// bring about a fetch, a bad signature never does. All who wait for a fetch wait for the same one, and none of them can
// cancel it for the others. While Entra is away the last keys serve until they are maxAge old.
type keyStore struct {
	fetch    func(context.Context) (map[string]*signingKey, error)
	now      func() time.Time
	logger   *slog.Logger
	interval time.Duration
	maxAge   time.Duration

	telemetry *telemetry

	set atomic.Pointer[keySet]

	mu          sync.Mutex
	inFlight    *keyFetch
	lastAttempt time.Time
	lastErr     error
	failures    int
}

// keyFetch is a fetch that is under way; err may be read once done is closed.
type keyFetch struct {
	done chan struct{}
	err  error
}

// KeyStatus is the state of the keys that tokens are validated with, for a readiness page.
type KeyStatus struct {
	// Keys is how many there are.
	Keys int
	// FetchedAt is when Entra last gave them; zero for never.
	FetchedAt time.Time
	// Stale says that the last attempt to fetch them failed and that older ones serve meanwhile.
	Stale bool
	// LastError is why the last attempt failed, or nil.
	LastError error
}

// usable is the current set, or nil where there is none or only one that is too old.
func (k *keyStore) usable() *keySet {
	set := k.set.Load()
	if set == nil || k.now().Sub(set.fetchedAt) > k.maxAge {
		return nil
	}
	return set
}

// current says whether key still is one of Entra's keys; it fetches keys that are getting old as renew does.
func (k *keyStore) current(key *signingKey, now time.Time) bool {
	set := k.set.Load()
	if set == nil || set.byID[key.id] != key {
		return false
	}
	age := now.Sub(set.fetchedAt)
	k.renew(age)
	return age <= k.maxAge
}

// renew fetches keys that are getting old, in the background and as often as the interval allows.
func (k *keyStore) renew(age time.Duration) {
	if age > keySoftAge {
		k.start()
	}
}

// find gives the key with this ID. It may wait for a fetch, as long as ctx lasts. The error is a *ValidationError with
// UnknownKey or KeysUnavailable.
func (k *keyStore) find(ctx context.Context, id []byte) (*signingKey, error) {
	set := k.usable()
	if key := set.find(id); key != nil {
		k.renew(k.now().Sub(set.fetchedAt))
		return key, nil
	}
	err := k.refresh(ctx)
	set = k.usable()
	if key := set.find(id); key != nil {
		return key, nil
	}
	if set == nil {
		return nil, &ValidationError{Reason: KeysUnavailable, Claim: "kid", Want: "Entra's keys",
			Hint: "check that Entra's authority can be reached from here", Cause: err}
	}
	return nil, &ValidationError{Reason: UnknownKey, Claim: "kid", Found: quote(string(id)),
		Want: "one of Entra's keys",
		Hint: "a token of another authority, or a key so new that it is seen within " + k.interval.String()}
}

func (s *keySet) find(id []byte) *signingKey {
	if s == nil {
		return nil
	}
	return s.byID[string(id)]
}

// refresh waits for the fetch that is under way, or for a new one where one may be started. Where none may, it returns
// why the last one failed, or nil.
func (k *keyStore) refresh(ctx context.Context) error {
	fetch := k.start()
	if fetch == nil {
		return k.status().LastError
	}
	select {
	case <-fetch.done:
		return fetch.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// start gives the fetch that is under way, or starts one where the interval allows it, or returns nil.
func (k *keyStore) start() *keyFetch {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.inFlight != nil {
		return k.inFlight
	}
	since := k.now().Sub(k.lastAttempt)
	if !k.lastAttempt.IsZero() && since >= 0 && since < k.pause() {
		return nil
	}
	k.lastAttempt = k.now()
	k.inFlight = &keyFetch{done: make(chan struct{})}
	go k.run(k.inFlight)
	return k.inFlight
}

// pause is the least time between two attempts: the interval, or less while there are no keys and nobody can be let in.
func (k *keyStore) pause() time.Duration {
	if k.usable() != nil {
		return k.interval
	}
	return min(firstKeyRetry<<min(max(k.failures-1, 0), 10), k.interval)
}

// run fetches in the background, so that no caller's context ends it.
func (k *keyStore) run(fetch *keyFetch) {
	ctx, cancel := context.WithTimeout(context.Background(), keyFetchTimeout)
	defer cancel()
	ctx, done := k.telemetry.keyFetch(ctx)
	keys, err := k.fetch(ctx)
	done(err)
	k.mu.Lock()
	defer k.mu.Unlock()
	defer close(fetch.done)
	k.inFlight, k.lastErr, fetch.err = nil, err, err
	if err != nil {
		k.failures++
		k.logger.Warn("auth: could not fetch Entra's signing keys; the ones at hand serve on",
			"error", err, "keys", k.count(), "failures", k.failures)
		return
	}
	k.failures = 0
	k.replace(keys)
}

// replace puts new keys in place of the old ones and keeps the pointers of those that stay.
func (k *keyStore) replace(keys map[string]*signingKey) {
	old := k.set.Load()
	var added []string
	kept := 0
	for id, key := range keys {
		if before := old.find([]byte(id)); before != nil && before.equal(key) {
			keys[id] = before
			kept++
			continue
		}
		added = append(added, id)
	}
	k.set.Store(&keySet{byID: keys, fetchedAt: k.now()})
	if gone := old.size() - kept; len(added) > 0 || gone > 0 {
		k.logger.Info("auth: Entra's signing keys changed",
			"keys", len(keys), "added", strings.Join(added, " "), "gone", gone)
	}
}

func (s *keySet) size() int {
	if s == nil {
		return 0
	}
	return len(s.byID)
}

func (k *keyStore) count() int { return k.usable().size() }

func (k *keyStore) status() KeyStatus {
	k.mu.Lock()
	defer k.mu.Unlock()
	status := KeyStatus{Keys: k.count(), Stale: k.lastErr != nil, LastError: k.lastErr}
	if set := k.set.Load(); set != nil {
		status.FetchedAt = set.fetchedAt
	}
	return status
}

// ready fetches the keys where there are none.
func (k *keyStore) ready(ctx context.Context) error {
	if k.usable() != nil {
		return nil
	}
	err := k.refresh(ctx)
	if k.usable() != nil {
		return nil
	}
	if err == nil {
		err = errors.New("they are too old, and Entra has given no others")
	}
	return &ValidationError{Reason: KeysUnavailable, Want: "Entra's keys", Cause: err}
}
