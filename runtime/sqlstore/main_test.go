package sqlstore_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/fabgen/fabgen/internal/pgtest"
	"github.com/fabgen/fabgen/runtime/sqlstore"
)

// No test leaves a goroutine behind. Some run this program again, as another process that has the same database.
func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		os.Exit(child(address, os.Getenv(childTask)))
	}
	goleak.VerifyTestMain(pgtest.M{M: m})
}

// databases gives the address of an empty database of each kind.
var databases = map[string]func(t testing.TB) string{
	"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "new", "workload.db") },
	"postgres": pgtest.Database,
}

// onEach runs a test for each kind of database.
func onEach(t *testing.T, test func(t *testing.T, address string)) {
	for name, address := range databases {
		t.Run(name, func(t *testing.T) { test(t, address(t)) })
	}
}

func open(t testing.TB, address string) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}
