package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// migrations holds a folder for each dialect, with one file a version in their order. A file that was published never
// changes: a later one changes what it made.
//
//go:embed migrations
var migrations embed.FS

const (
	versionsTable = `CREATE TABLE IF NOT EXISTS fabgen_migrations (version bigint PRIMARY KEY, applied bigint NOT NULL)`
	versionQuery  = `SELECT coalesce(max(version), 0) FROM fabgen_migrations`
)

// migrate brings the tables to the version that this package knows. Where they are that already, it changes nothing and
// needs no right to.
func (s *Store) migrate(ctx context.Context) error {
	scripts, err := s.scripts()
	if err != nil {
		return err
	}
	version := 0
	err = s.read(ctx, "reading the version of the tables", func(ctx context.Context) error {
		version, err = schemaVersion(ctx, s.writer)
		return err
	})
	if err == nil && version >= len(scripts) {
		return failed(ctx, "opening", notNewer(version, len(scripts)))
	}
	err = s.persist(ctx, func() error {
		return s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.apply(ctx, tx, scripts) })
	})
	return failed(ctx, "bringing the tables up to date", err)
}

// apply runs the scripts that were not run yet.
func (s *Store) apply(ctx context.Context, tx *sql.Tx, scripts []string) error {
	if _, err := tx.ExecContext(ctx, s.alone+versionsTable); err != nil {
		return err
	}
	version, err := schemaVersion(ctx, tx)
	if err := errors.Join(err, notNewer(version, len(scripts))); err != nil {
		return err
	}
	for ; version < len(scripts); version++ {
		if _, err := tx.ExecContext(ctx, scripts[version]); err != nil {
			return fmt.Errorf("version %d: %w", version+1, err)
		}
		if _, err := tx.ExecContext(ctx, s.recordVersion, version+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) scripts() ([]string, error) {
	files, err := fs.Glob(migrations, path.Join("migrations", s.name, "*.sql"))
	if err != nil {
		return nil, err
	}
	var scripts []string
	for _, file := range files { // in the order of their names
		script, err := migrations.ReadFile(file)
		if err != nil {
			return nil, err
		}
		scripts = append(scripts, string(script))
	}
	return scripts, nil
}

func schemaVersion(ctx context.Context, q querier) (int, error) {
	return one(ctx, q, value[int], versionQuery)
}

func notNewer(version, known int) error {
	if version > known {
		return fmt.Errorf("the tables are of version %d, newer than %d, which is the newest that this program knows: "+
			"run a newer program, or take another database", version, known)
	}
	return nil
}
