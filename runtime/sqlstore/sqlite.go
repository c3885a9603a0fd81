package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// inSQLite goes by SQLite's clock, which is that of the machine: all processes that may use the file are on it. A
// transaction that writes has the only lock from its beginning, so that it needs no other.
var inSQLite = dialect{
	name: "sqlite",
	now:  `CAST(round(unixepoch('subsec') * 1000) AS INTEGER)`,
	again: func(err error) bool {
		var failed *sqlite.Error
		return errors.As(err, &failed) && (failed.Code()&0xff == sqliteBusy || failed.Code()&0xff == sqliteLocked)
	},
}

// Result codes of SQLite, without their extensions.
const (
	sqliteBusy   = 5
	sqliteLocked = 6
)

// SQLite has one writer at a time: within the process writers wait for one connection, which is handed on as soon as it
// is free, and only those of other processes are waited for by trying again. Readers have connections of their own, and
// wait for nobody.
const sqliteReaders = 4 + 1 // of an itemCache

func openSQLite(path string) (*Store, error) {
	path = strings.TrimPrefix(path, "//") // as in sqlite:///var/lib/workload.db
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, errors.New("an address for SQLite names a file: sqlite:data/workload.db")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding the folder of the database: %w", err)
	}
	if err := makeFile(path); err != nil {
		return nil, fmt.Errorf("making the database: %w", err)
	}
	writer, err := sqlitePool(path, 1, "_txlock", "immediate")
	if err != nil {
		return nil, err
	}
	reader, err := sqlitePool(path, sqliteReaders, "_query_only", "true")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return newStore(inSQLite, writer, newPreparedReader(reader), newItemCache(reader)), nil
}

// makeFile makes a missing file that only its owner can read; SQLite gives the files beside it the same mode. It leaves
// one that is there alone, also unopened: to close it would release the locks that this process has on it.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// sqlitePool has every commit reach the disk before it is acknowledged (synchronous FULL): with NORMAL a power failure
// takes the last ones back, of which Fabric was told already and which it does not send again.
func sqlitePool(path string, size int, parameter, value string) (*sql.DB, error) {
	parameters := url.Values{
		"_busy_timeout": {"2000"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"true"},
		"_dqs":          {"false"},
		"_defensive":    {"true"},
		"_error_rc":     {"true"},
		parameter:       {value},
	}
	pool, err := sql.Open("sqlite", fileURL(path)+"?"+parameters.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening SQLite: %w", err)
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size) // a new one reads the schema again
	return pool, nil
}

func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/data
		path = "/" + path
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath()
}
