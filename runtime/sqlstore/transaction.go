package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/fabgen/fabgen/runtime/workload"
)

const (
	callTimeout = 10 * time.Second
	attempts    = 20
	maxPause    = 100 * time.Millisecond
)

// errAgain begins a transaction again: what it found was gone when it looked closer.
var errAgain = errors.New("the database changed meanwhile")

// querier is a transaction or a reader.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// reader is where what needs no transaction is read.
type reader interface {
	querier
	io.Closer
}

// read runs f, which reads in one statement.
func (s *Store) read(ctx context.Context, doing string, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return failed(ctx, doing, s.persist(ctx, func() error { return f(ctx) }))
}

// write runs f in a transaction. f may be called more than once; what it did is undone when it fails. It also wraps a
// single statement: SQLite commits one that gives rows when these are closed, where an error is easily lost.
func (s *Store) write(ctx context.Context, doing string, f func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return failed(ctx, doing, s.persist(ctx, func() error { return s.transact(ctx, f) }))
}

// transact asks for the isolation that the statements are written for, whatever the database's own setting is: each of
// them sees what was committed before it. SQLite's is stricter.
func (s *Store) transact(ctx context.Context, f func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // an error once it is committed
	if err := f(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// persist tries until f succeeds, fails for good, or has failed often enough.
func (s *Store) persist(ctx context.Context, f func() error) error {
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil || attempt == attempts || !errors.Is(err, errAgain) && !s.again(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause(attempt)):
		}
	}
}

// pause is random, so that those who met do not meet again.
func pause(attempt int) time.Duration {
	return rand.N(min(time.Millisecond<<attempt, maxPause))
}

// failed says what was being done when err happened, and that the context had ended, which not every driver does.
func failed(ctx context.Context, doing string, err error) error {
	switch {
	case err == nil, errors.Is(err, workload.ErrNotFound), errors.Is(err, workload.ErrConflict):
		return err
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()):
		err = errors.Join(ctx.Err(), err)
	}
	return fmt.Errorf("sqlstore: %s: %w", doing, err)
}
