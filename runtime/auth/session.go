package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

// sessionLife is how long a session is remembered after a refresh token was last put into it. Entra's own live longer.
const sessionLife = 24 * time.Hour

// session is what a long-running job gets tokens with: the refresh token that Entra gave for the user's assertion.
type session struct {
	owner     *Authenticator
	id        string
	assertion digest

	mu      sync.Mutex
	refresh Sensitive // "" where Entra gave none
	renewed time.Time
	ended   bool
}

type sessionKey struct{}

// sessionRecord is a session as the shared cache has it, with the caller whose it is.
type sessionRecord struct {
	Refresh    string    `json:"refresh"`
	Assertion  []byte    `json:"assertion"` // its digest
	Expiry     time.Time `json:"expiry"`
	TenantID   string    `json:"tenantId"`
	ObjectID   string    `json:"objectId"`
	AppID      string    `json:"appId"`
	Scopes     []string  `json:"scopes"`
	ActivityID string    `json:"activityId"`
	RequestID  string    `json:"requestId"`
}

// remembered is a session in this process's memory, with the caller whose it is.
type remembered struct {
	session *session
	caller  *Caller
}

// ErrNoSession says that a long-running session cannot be resumed: it was ended, is unused for a day, was pushed out by
// newer ones, or began on a replica that shares no TokenCache with this one. The user has to start the work again.
var ErrNoSession = errors.New("auth: there is no such long-running session any more")

// LongRunning prepares ctx for work that may outlive the caller's token, such as a job: with the context that it
// returns, Token, Client and SubjectAndAppHeader go on to give tokens on behalf of the user after that token has
// expired, by the refresh token that Entra gives for it. It must be called while the token is valid, and makes one
// exchange, for the resource, so that missing consent shows at once and not hours later. Errors are those of Token.
//
// SessionID names the session, so that another process can Resume it; EndLongRunning forgets it. Refresh tokens are
// kept in memory and, encrypted, in Settings.TokenCache, for a day after their last use at most.
//
// A context of a request ends with it: LongRunning(context.WithoutCancel(ctx), …) is what a job wants.
func (a *Authenticator) LongRunning(ctx context.Context, resource Resource) (context.Context, error) {
	q, err := a.query(ctx, resource)
	if err != nil || resource.As == AsApp {
		return ctx, err
	}
	if q.session != nil {
		return ctx, nil
	}
	caller, _ := CallerFrom(ctx)
	q.session, q.caller, q.primes = &session{owner: a, id: rand.Text(), assertion: q.assertion.digest}, caller, true
	bounded, cancel := context.WithTimeout(ctx, a.settings.ExchangeTimeout)
	defer cancel()
	if _, err := a.exchanger.exchange(bounded, q.key(), q); err != nil {
		return ctx, err
	}
	a.sessions.put(q.session.key(), remembered{q.session, caller})
	return context.WithValue(ctx, sessionKey{}, q.session), nil
}

// SessionID names the session that LongRunning put into ctx, for Resume; "" where there is none. It opens nothing
// outside of the workload, but belongs into its own store only, beside the job.
func SessionID(ctx context.Context) string {
	if s, ok := ctx.Value(sessionKey{}).(*session); ok {
		return s.id
	}
	return ""
}

// Resume is ctx with the caller and the session that LongRunning began elsewhere: in another goroutine, or, where
// Settings.TokenCache is shared, on another replica. The error is ErrNoSession, with the session's ID around it.
func (a *Authenticator) Resume(ctx context.Context, sessionID string) (context.Context, error) {
	s := &session{owner: a, id: sessionID}
	if known, ok := a.sessions.get(s.key()); ok && !known.session.forgotten(a.now()) {
		return WithCaller(context.WithValue(ctx, sessionKey{}, known.session), known.caller), nil
	}
	var record sessionRecord
	if !a.exchanger.shared.load(ctx, sessionEntry, s.key(), &record) || len(record.Assertion) != sha256.Size {
		return ctx, fmt.Errorf("resuming %s: %w", quote(sessionID), ErrNoSession)
	}
	caller := record.caller()
	s.assertion, s.refresh, s.renewed = caller.assertion.digest, Sensitive(record.Refresh), a.now()
	a.sessions.put(s.key(), remembered{s, caller})
	return WithCaller(context.WithValue(ctx, sessionKey{}, s), caller), nil
}

// EndLongRunning forgets the session of ctx, here and in Settings.TokenCache, once its work is done. Tokens that it got
// stay good until they expire.
func (a *Authenticator) EndLongRunning(ctx context.Context) {
	s, ok := ctx.Value(sessionKey{}).(*session)
	if !ok || s.owner != a {
		return
	}
	s.end()
	a.sessions.remove(s.key())
	a.exchanger.shared.forget(context.WithoutCancel(ctx), sessionEntry, s.key())
}

func (s *session) key() *digest {
	key := sha256.Sum256([]byte(s.id))
	return &key
}

// serves says whether the session can get tokens of a for the caller.
func (s *session) serves(a *Authenticator, caller *Caller) bool {
	return s.owner == a && s.assertion == caller.assertion.digest && s.token() != ""
}

func (s *session) token() Sensitive {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh
}

func (s *session) forgotten(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.After(s.renewed.Add(sessionLife))
}

// rotate takes the refresh token that came with a new token (RFC 6749 section 6: it replaces the one that was used).
func (s *session) rotate(refresh Sensitive) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refresh != "" && !s.ended {
		s.refresh = refresh
	}
	s.renewed = s.owner.now()
}

func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh, s.ended = "", true
}

// share puts the session into the shared cache, for other replicas.
func (s *session) share(ctx context.Context, caller *Caller) {
	refresh := s.token()
	if refresh == "" {
		return
	}
	s.owner.exchanger.shared.save(context.WithoutCancel(ctx), sessionEntry, s.key(), sessionRecord{
		Refresh: string(refresh), Assertion: caller.assertion.digest[:], Expiry: caller.assertion.expiry,
		TenantID: caller.TenantID, ObjectID: caller.ObjectID, AppID: caller.AppID, Scopes: caller.Scopes,
		ActivityID: caller.ActivityID, RequestID: caller.RequestID,
	}, sessionLife)
}

func (r sessionRecord) caller() *Caller {
	return &Caller{TenantID: r.TenantID, ObjectID: r.ObjectID, AppID: r.AppID, Scopes: r.Scopes,
		ActivityID: r.ActivityID, RequestID: r.RequestID,
		assertion: &assertion{digest: digest(r.Assertion), expiry: r.Expiry}}
}
