package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// preparedReader reads a database on this machine. Most of what a read by key costs there is parsing its text and
// watching for the end of its context: it keeps each text prepared, and lets a read that has begun come to its end,
// since readers of SQLite wait for nobody.
type preparedReader struct {
	db *sql.DB

	mu       sync.RWMutex
	prepared map[string]*sql.Stmt // by text; there are as many as this package has statements
}

func newPreparedReader(db *sql.DB) *preparedReader {
	return &preparedReader{db: db, prepared: map[string]*sql.Stmt{}}
}

// QueryContext implements reader.
func (p *preparedReader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	statement, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(context.WithoutCancel(ctx), args...)
}

func (p *preparedReader) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.RLock()
	statement, ok := p.prepared[query]
	p.mu.RUnlock()
	if ok {
		return statement, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if statement, ok := p.prepared[query]; ok {
		return statement, nil
	}
	statement, err := p.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // Close does
	if err != nil {
		return nil, err
	}
	p.prepared[query] = statement
	return statement, nil
}

// Close gives the statements and connections back.
func (p *preparedReader) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, statement := range p.prepared {
		errs = append(errs, statement.Close())
	}
	return errors.Join(append(errs, p.db.Close())...)
}
