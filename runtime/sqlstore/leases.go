package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/fabgen/fabgen/runtime/workload"
)

// RenewLeases implements workload.Store.
func (s *Store) RenewLeases(ctx context.Context, owner string, lease time.Duration,
) (held []workload.JobKey, err error) {
	err = s.write(ctx, "renewing the leases of jobs", func(ctx context.Context, tx *sql.Tx) error {
		held, err = all(ctx, tx, scanJobKey, s.renewLeases, owner, lease.Milliseconds())
		return err
	})
	if err != nil {
		return nil, err
	}
	return held, nil
}

// LostJobs implements workload.Store. Those that were lost first come first.
func (s *Store) LostJobs(ctx context.Context, limit int) (lost []workload.JobKey, err error) {
	err = s.read(ctx, "looking for lost jobs", func(ctx context.Context) error {
		lost, err = all(ctx, s.reader, scanJobKey, s.lostJobs, limit)
		return err
	})
	return lost, err
}

// DropJobs implements workload.Store.
func (s *Store) DropJobs(ctx context.Context, age time.Duration) error {
	return s.write(ctx, "dropping old jobs", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, s.dropJobs, age.Milliseconds())
		return err
	})
}
