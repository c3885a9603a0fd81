package sqlstore_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/fabgen/fabgen/runtime/sqlstore"
)

func wantVersions(t *testing.T, store *sqlstore.Store) {
	t.Helper()
	var count, newest int
	row := sqlstore.Writer(store).QueryRow("SELECT count(*), max(version) FROM fabgen_migrations")
	if err := row.Scan(&count, &newest); err != nil {
		t.Fatal(err)
	}
	if count != sqlstore.Versions || newest != sqlstore.Versions {
		t.Errorf("%d migrations were recorded, the newest is %d, want %d", count, newest, sqlstore.Versions)
	}
}

func TestOpenAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				store, err := sqlstore.Open(t.Context(), address)
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				if err := store.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
		group.Wait()
		wantVersions(t, open(t, address))
	})
}

func TestOpenKeepsWhatIsThere(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		item := newItem()
		store, err := sqlstore.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.CreateItem(t.Context(), item); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Item(t.Context(), item.Key()); err == nil || !strings.Contains(err.Error(), "reading an item") {
			t.Errorf("a closed store: %v", err)
		}
		store = open(t, address)
		wantVersions(t, store)
		if _, err := store.Item(t.Context(), item.Key()); err != nil {
			t.Errorf("after it was opened again: %v", err)
		}
	})
}

func TestOpenOfNewerTables(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		if _, err := sqlstore.Writer(store).Exec("INSERT INTO fabgen_migrations VALUES (7, 0)"); err != nil {
			t.Fatal(err)
		}
		_, err := sqlstore.Open(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), "version 7, newer than 1") {
			t.Errorf("Open of newer tables: %v", err)
		}
		if err := store.Ready(t.Context()); err != nil { // a replica that is there goes on while newer ones come
			t.Errorf("Ready: %v", err)
		}
	})
}

// A migration that fails leaves nothing behind.
func TestOpenWhereTablesAreInTheWay(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		for _, statement := range []string{"DROP TABLE fabgen_items", "DROP TABLE fabgen_migrations"} {
			if _, err := sqlstore.Writer(store).Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		_, err := sqlstore.Open(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), "bringing the tables up to date: version 1: ") {
			t.Errorf("Open: %v", err)
		}
		if err := store.Ready(t.Context()); err == nil {
			t.Error("the versions are there after a migration that failed")
		}
		if _, err := sqlstore.Writer(store).Exec("SELECT 1 FROM fabgen_items"); err == nil {
			t.Error("a table of a migration that failed is there")
		}
	})
}
