package benchmarks

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/auth"
)

// fabgen is the runtime's door; cacheSize bounds the tokens that it remembers.
func fabgen(t testing.TB, w *world, cacheSize int) func(string) (user, error) {
	t.Helper()
	settings := w.entra.Settings()
	settings.ValidatedCacheSize = cacheSize
	settings.Logger = slog.New(slog.DiscardHandler)
	door, err := auth.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	return func(token string) (user, error) {
		claims, err := door.ValidateSubject(ctx, token)
		if err != nil {
			return user{}, err
		}
		return user{Tenant: claims.TenantID, Object: claims.ObjectID, App: claims.AppID,
			Scopes: strings.Join(claims.Scopes, " ")}, nil
	}
}
