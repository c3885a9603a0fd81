package pgtest_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/fabgen/fabgen/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.M{M: m}) }

func TestDatabasesAreApart(t *testing.T) {
	for range 2 {
		pgtest.Exec(t, pgtest.Database(t), "CREATE TABLE once (n int)")
	}
}
