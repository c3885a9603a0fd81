package portal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Entra is where the portal gets tokens for the front-end. Its methods are safe for concurrent use.
type Entra interface {
	// Token gives the user's token for the workload's back-end, and when it ends, without a window.
	Token(ctx context.Context, user string) (Token, error)
	// Ask begins to ask the user for something: the URL of the page that does, and the state by which Outcome knows it.
	Ask(ctx context.Context, user string, demand Demand) (url, state string, err error)
	// Outcome says how that ended: ErrPending until it has, nil, ErrDeclined, or another failure.
	Outcome(ctx context.Context, state string) error
}

// Token is a token for the front-end.
type Token struct {
	Token    string   `json:"token"`
	Scopes   []string `json:"scopes"`
	TenantID string   `json:"tenantId"`
}

// Demand is what a person is asked for. One member at least is set.
type Demand struct {
	Scopes      []string // to consent to; .default is all that the application is registered for
	Claims      string   // of a conditional-access challenge, JSON
	FullConsent bool     // to all of the application's scopes again, whatever was given
}

// How asking a person ended, besides well.
var (
	ErrPending  = errors.New("portal: the person has not answered yet")
	ErrDeclined = errors.New("portal: the person has declined")
)

type tokenFields struct {
	Scopes []string `json:"additionalScopesToConsent"`
	Claims string   `json:"claimsForConditionalAccessPolicy"`
	Full   bool     `json:"promptFullConsent"`
}

// acquireToken gives the token, or has the page open a window first where the front-end demands something.
func (p *portal) acquireToken(ctx context.Context, user string, raw json.RawMessage) (answer, error) {
	var fields tokenFields
	if err := json.Unmarshal(raw, &fields); err != nil {
		return answer{}, rejectToken(misconfigured)
	}
	if len(fields.Scopes) == 0 && fields.Claims == "" && !fields.Full {
		return p.token(ctx, user)
	}
	url, state, err := p.Entra.Ask(ctx, user, Demand{Scopes: fields.Scopes, Claims: fields.Claims, FullConsent: fields.Full})
	if err != nil {
		return answer{}, rejectToken(misconfigured)
	}
	return answer{Window: &window{URL: url, State: state}}, nil
}

func (p *portal) token(ctx context.Context, user string) (answer, error) {
	token, err := p.Entra.Token(ctx, user)
	if err != nil {
		return answer{}, rejectToken(misconfigured)
	}
	return answer{Resolve: token}, nil
}

// windowOutcome is the page's own call, until the person has answered or has shut the window. It resolves to nothing
// while the person has time.
func (p *portal) windowOutcome(ctx context.Context, user string, raw json.RawMessage) (answer, error) {
	var fields struct {
		State string `json:"state"`
		Shut  bool   `json:"shut"`
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return answer{}, rejectf(http.StatusBadRequest, "InvalidRequest", "%v", err)
	}
	err := p.Entra.Outcome(ctx, fields.State)
	switch {
	case err == nil:
		return p.token(ctx, user)
	case errors.Is(err, ErrPending) && !fields.Shut:
		return answer{}, nil
	case errors.Is(err, ErrDeclined):
		return answer{}, rejectToken(declined)
	}
	return answer{}, rejectToken(interactionFailed)
}
