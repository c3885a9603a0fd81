//go:build !fabgen_local

package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// inPostgres asks clock_timestamp, since now() is the beginning of the transaction, before it waited for a lock. In a
// subquery it is asked once a statement, when it is first needed. A row that KEY SHARE locks can be changed, but not
// deleted.
var inPostgres = dialect{
	name:  "postgres",
	now:   `(SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)`,
	lock:  ` FOR UPDATE`,
	keep:  ` FOR KEY SHARE`,
	alone: `SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(` + migrationLock + `);`,
	again: func(err error) bool {
		var failed *pgconn.PgError
		if errors.As(err, &failed) {
			return failed.Code == serializationFailure || failed.Code == deadlockDetected
		}
		return pgconn.SafeToRetry(err)
	},
}

const (
	migrationLock = "7378697118236157031" // any number that nobody else has

	serializationFailure = "40001"
	deadlockDetected     = "40P01"

	postgresConnections = 10
	connectTimeout      = 5 * time.Second
	connectionLifetime  = 30 * time.Minute // so that a failover or a new password is noticed
	connectionIdle      = 5 * time.Minute
)

// session bounds what a connection does for a process that is gone. It is set once the connection is there: poolers
// such as PgBouncer refuse it among the parameters of the start.
var session = fmt.Sprintf("SET statement_timeout = %d; SET idle_in_transaction_session_timeout = %[1]d",
	2*callTimeout.Milliseconds())

func openPostgres(address string) (*Store, error) {
	config, err := postgresConfig(address)
	if err != nil {
		return nil, err
	}
	connections, err := poolSize(config.RuntimeParams)
	if err != nil {
		return nil, err
	}
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, session); err != nil {
			return errors.Join(err, conn.Close(ctx)) // nobody else does
		}
		return nil
	}))
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxLifetime(connectionLifetime)
	pool.SetConnMaxIdleTime(connectionIdle)
	return newStore(inPostgres, pool, pool, nil), nil
}

func postgresConfig(address string) (*pgx.ConnConfig, error) {
	if !unambiguous(address) {
		return nil, errAddress
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, reason(address, err)
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > connectTimeout {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "fabgen"
	}
	return config, nil
}

// unambiguous refuses what may be a password with a /, ? or # in it, the rest of which would be taken for the name of
// the database and told in errors.
func unambiguous(address string) bool {
	_, rest, ok := strings.Cut(address, "://")
	if end := strings.IndexAny(rest, "/?#"); ok && end >= 0 {
		ok = !strings.Contains(rest[end:], "@")
	}
	_, err := url.Parse(address)
	return ok && err == nil
}

// reason gives what is wrong with an address, without the address. What pgx says itself holds the whole of it, which
// also whoever unwraps it gets.
func reason(address string, err error) error {
	cause := errors.Unwrap(err)
	if cause == nil {
		return errAddress
	}
	for _, secret := range secrets(address) {
		if strings.Contains(cause.Error(), secret) {
			return errAddress
		}
	}
	return fmt.Errorf("the address is not right: %s", cause) //nolint:errorlint // what it wraps may hold the address
}

func secrets(address string) []string {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil
	}
	query := parsed.Query()
	found := slices.Concat(query["password"], query["sslpassword"])
	if password, ok := parsed.User.Password(); ok && password != "" {
		found = append(found, password)
	}
	return found
}

// poolSize takes the parameter that pgx's own pool has, so that it does not get to the server.
func poolSize(parameters map[string]string) (int, error) {
	text, ok := parameters[poolParameter]
	if !ok {
		return postgresConnections, nil
	}
	delete(parameters, poolParameter)
	size, err := strconv.Atoi(text)
	if err != nil || size < 1 {
		return 0, errors.New("the address's " + poolParameter + " is no number from 1 on")
	}
	return size, nil
}

const poolParameter = "pool_max_conns"
