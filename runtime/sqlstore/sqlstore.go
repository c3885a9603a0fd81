// Package sqlstore keeps a workload's items and jobs in a database, so that they outlive the process: in an embedded
// SQLite for one machine, or in Postgres for many replicas:
//
//	store, err := sqlstore.Open(ctx, os.Getenv("DATABASE_URL"))
//	…
//	defer store.Close()
//	settings.Store = store
//
// The package stands apart from workload, so that a workload which does not import it has no database in it.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/fabgen/fabgen/runtime/workload"
)

// Store is a workload.Store in a database. It is safe for concurrent use, also by several processes: those of one
// machine for SQLite, any for Postgres. Errors other than workload.ErrNotFound and workload.ErrConflict say what was
// being done and wrap what the database said; none holds the address's password.
//
// A call ends with its context, and after ten seconds in any case. Where a transaction meets another one in its way, it
// is begun again a bounded number of times.
type Store struct {
	dialect
	statements
	writer *sql.DB
	reader reader
	items  *itemCache // nil for Postgres
}

var _ workload.Store = (*Store)(nil)

// Open connects to the database at address, makes or updates its tables, and gives the Store. The address is one of
//
//	sqlite:PATH                             a file, made with its folder where it is missing: sqlite:data/workload.db
//	postgres://USER:PASSWORD@HOST/DATABASE  or postgresql://…, with libpq's parameters: ?sslmode=verify-full
//
// An SQLite file must be on a disk of this machine, not on a network share, whose locks cannot be relied on. Postgres
// is version 14 or newer; each Store holds at most ten connections to it, or as many as the parameter pool_max_conns
// says. In an address for Postgres what is none of the letters, digits, -, ., _ and ~ of a name or a password must be
// percent-encoded.
//
// Several processes may open an empty database at once. The error says so where the tables are those of a newer version
// of this package. Whoever opens a Store must Close it.
func Open(ctx context.Context, address string) (*Store, error) {
	store, err := connect(address)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	if err := store.migrate(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func connect(address string) (*Store, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(rest)
	case "postgres", "postgresql":
		return openPostgres(address)
	}
	return nil, errAddress
}

// errAddress tells nothing of the address, in which there can be a password anywhere when its form is wrong.
var errAddress = errors.New("the address cannot be read; want sqlite:PATH, " +
	"or postgres://USER:PASSWORD@HOST:5432/DATABASE with all but letters, digits, -, ., _ and ~ percent-encoded")

func newStore(d dialect, writer *sql.DB, reader reader, items *itemCache) *Store {
	return &Store{dialect: d, statements: statementsIn(d), writer: writer, reader: reader, items: items}
}

// Close gives the connections back. Calls that are under way fail.
func (s *Store) Close() error {
	if err := errors.Join(s.items.Close(), s.reader.Close(), s.writer.Close()); err != nil {
		return fmt.Errorf("sqlstore: closing: %w", err)
	}
	return nil
}

// Ready says whether the database answers and has the tables.
func (s *Store) Ready(ctx context.Context) error {
	return s.read(ctx, "asking whether the database is ready", func(ctx context.Context) error {
		_, err := schemaVersion(ctx, s.reader)
		return err
	})
}
