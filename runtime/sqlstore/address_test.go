package sqlstore_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/pgtest"
	"github.com/fabgen/fabgen/runtime/sqlstore"
)

func TestOpenRefusesAddresses(t *testing.T) {
	for _, address := range []string{
		"", "workload.db", "mysql://host/db", "sqlite", "sqlite:", "sqlite://", "sqlite::memory:", "Postgres://host/db",
		"postgres:host", "postgres://user:se/cret@host/db", "postgres://user:se?cret@host/db",
		"postgres://user:se#cret@host/db", "postgres://user:12/secret@host/db", "postgres://a:b@c/secret@host/db",
		"postgres://user:se%cret@host/db", "postgres://user:secret@host:port/db", "postgres://user:secret@[::1/db",
		"postgres://user:secret@host/db?sslmode=secret", "postgres://user:secret@host/db?pool_max_conns=0",
		"postgres://user:secret@host/db?pool_max_conns=many", "postgres://host/db?password=secret&sslmode=x",
		"postgres://user:secret@host/db?sslrootcert=/no/such/file&sslmode=verify-full",
		"postgres://user:secret@host:1,host:2,host:3/db?port=secret",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		store, err := sqlstore.Open(ctx, address)
		cancel()
		if err == nil {
			_ = store.Close()
			t.Errorf("%q is opened", address)
			continue
		}
		for _, secret := range []string{"cret", "user:"} {
			if text := strings.ReplaceAll(err.Error(), "USER:", ""); strings.Contains(text, secret) {
				t.Errorf("%q: the error tells %q: %v", address, secret, err)
			}
		}
	}
}

func TestErrorsOfAddressesHelp(t *testing.T) {
	for address, want := range map[string]string{
		"": "want sqlite:PATH, or postgres://",
		"postgres://u:p@host/db?pool_max_conns=0":                                 "pool_max_conns is no number from 1 on",
		"postgres://u:pass@host/db?sslrootcert=/no/such/file&sslmode=verify-full": "unable to read CA file",
		"sqlite::memory:": "names a file",
	} {
		_, err := sqlstore.Open(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", address, err, want)
		}
	}
}

func TestWrongPasswordIsNotTold(t *testing.T) {
	address, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	const secret = `hunter2/?#@:"'\%`
	address.User = url.UserPassword(address.User.Username(), secret)
	_, err = sqlstore.Open(t.Context(), address.String())
	if err == nil || !strings.Contains(err.Error(), "password authentication failed") {
		t.Errorf("Open with a wrong password: %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error tells the password: %v", err)
	}
}

// However few connections there are, callers get them in turn.
func TestPoolSize(t *testing.T) {
	store := open(t, pgtest.Database(t)+"&pool_max_conns=1")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, _, err := store.CreateItem(t.Context(), newItem()); err != nil {
				t.Errorf("CreateItem: %v", err)
			}
		})
	}
	group.Wait()
	if n := sqlstore.Writer(store).Stats().MaxOpenConnections; n != 1 {
		t.Errorf("it may have %d connections, want 1", n)
	}
}

func TestPostgresAway(t *testing.T) {
	began := time.Now()
	_, err := sqlstore.Open(t.Context(), "postgres://user:secret@127.0.0.1:1/db")
	if err == nil || strings.Contains(err.Error(), "secret") || time.Since(began) > 5*time.Second {
		t.Errorf("Open = %v after %s", err, time.Since(began))
	}
}

// Any path will do, and only its owner reads what is made.
func TestSQLiteFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has neither such names nor such modes")
	}
	folder := filepath.Join(t.TempDir(), "new", `ä b%20c?d#e&f='"`)
	path := filepath.Join(folder, "workload.db?mode=memory")
	store := open(t, "sqlite:"+path)
	if _, _, err := store.CreateItem(t.Context(), newItem()); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(folder), "*", "*"))
	if err != nil || len(names) != 3 {
		t.Errorf("the files are %q, %v, want the database, its log and the log's index", names, err)
	}
	for _, name := range append(names, folder, filepath.Dir(folder)) {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestSQLiteRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	open(t, "sqlite:data/workload.db")
	if _, err := os.Stat("data/workload.db"); err != nil {
		t.Error(err)
	}
	absolute, err := filepath.Abs("data/other.db")
	if err != nil {
		t.Fatal(err)
	}
	open(t, "sqlite://"+filepath.ToSlash(absolute))
	if _, err := os.Stat(absolute); err != nil {
		t.Error(err)
	}
}

func TestSQLiteFileThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workload.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(t.Context(), "sqlite:"+path); err == nil {
		t.Error("a file that is no database is opened")
	}
	if _, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(path, "below")); err == nil {
		t.Error("a path below a file is opened")
	}
	if data, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(data), "no database") {
		t.Errorf("the file was changed: %v", err)
	}
	_, err := sqlstore.Open(t.Context(), "sqlite:"+t.TempDir())
	if err == nil {
		t.Error("a folder is opened")
	}
}
