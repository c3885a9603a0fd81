package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/fabgen/fabgen/runtime/workload"
)

// row is one row of a result.
type row interface{ Scan(into ...any) error }

// all gives what scan makes of each row.
func all[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

// one gives what scan makes of the only row, or ErrNotFound.
func one[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) (T, error) {
	found, err := all(ctx, q, scan, query, args...)
	if err == nil && len(found) == 0 {
		err = workload.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// value scans a single column.
func value[T any](r row) (T, error) {
	var v T
	err := r.Scan(&v)
	return v, err
}

// The database keeps times in milliseconds since 1970.

func fromTime(t *time.Time) sql.NullInt64 {
	if t == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: true}
}

func toTime(ms sql.NullInt64) *time.Time {
	if !ms.Valid {
		return nil
	}
	t := time.UnixMilli(ms.Int64).UTC()
	return &t
}
