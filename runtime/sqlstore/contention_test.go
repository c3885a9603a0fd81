package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/internal/pgtest"
	"github.com/fabgen/fabgen/runtime/sqlstore"
	"github.com/fabgen/fabgen/runtime/workload"
)

// 64 clients create 10,000 times under 2,500 IDs, each of which they use four times.
func TestManyCreates(t *testing.T) {
	const clients, creates, ids = 64, 10_000, 2_500
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		var next, created atomic.Int64
		var group sync.WaitGroup
		for range clients {
			group.Go(func() {
				for n := next.Add(1) - 1; n < creates; n = next.Add(1) - 1 {
					item := newItem()
					item.ItemID = uuid.NewSHA1(uuid.Nil, fmt.Append(nil, n%ids)).String()
					_, now, err := store.CreateItem(t.Context(), item)
					if err != nil {
						t.Errorf("CreateItem: %v", err)
					}
					if now {
						created.Add(1)
					}
				}
			})
		}
		group.Wait()
		var rows int64
		err := sqlstore.Writer(store).QueryRow("SELECT count(*) FROM fabgen_items").Scan(&rows)
		if err != nil || rows != ids || created.Load() != ids {
			t.Errorf("%d rows, of which %d were created, %v; want %d", rows, created.Load(), err, ids)
		}
	})
}

// blocked has a transaction of another store in the way of every write, until release.
func blocked(t *testing.T, address string) (release func()) {
	t.Helper()
	tx, err := sqlstore.Writer(open(t, address)).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(address, "postgres") {
		if _, err := tx.Exec("LOCK TABLE fabgen_items IN EXCLUSIVE MODE"); err != nil {
			t.Fatal(err)
		}
	}
	return sync.OnceFunc(func() { _ = tx.Rollback() })
}

func TestWritersHeedTheContext(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		item := newItem()
		if _, _, err := store.CreateItem(t.Context(), item); err != nil {
			t.Fatal(err)
		}
		defer blocked(t, address)()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, _, err := store.CreateItem(ctx, newItem())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 2*time.Second {
			t.Errorf("CreateItem = %v after %s", err, time.Since(began))
		}
		if _, err := store.Item(t.Context(), item.Key()); err != nil {
			t.Errorf("a reader is in a writer's way: %v", err)
		}
	})
}

func TestWritersWait(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		release := blocked(t, address)
		defer release()
		done := make(chan error)
		go func() {
			_, _, err := store.CreateItem(t.Context(), newItem())
			done <- err
		}()
		select {
		case err := <-done:
			t.Errorf("CreateItem did not wait: %v", err)
		case <-time.After(300 * time.Millisecond):
		}
		release()
		if err := <-done; err != nil {
			t.Errorf("CreateItem: %v", err)
		}
	})
}

func TestCancelledCallsFail(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := store.CreateItem(ctx, newItem()); !errors.Is(err, context.Canceled) {
			t.Errorf("CreateItem: %v", err)
		}
		if _, err := store.LostJobs(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("LostJobs: %v", err)
		}
		if err := store.Ready(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Ready: %v", err)
		}
		if _, err := sqlstore.Open(ctx, address); !errors.Is(err, context.Canceled) {
			t.Errorf("Open: %v", err)
		}
	})
}

func TestText(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		item := newItem()
		if _, _, err := store.CreateItem(t.Context(), item); err != nil {
			t.Fatal(err)
		}
		job := workload.JobRecord{Key: workload.JobKey{ItemKey: item.Key(), InstanceID: uuid.NewString()},
			State: workload.JobState{Status: workload.JobNotStarted}}
		if _, _, err := store.CreateJob(t.Context(), job, time.Minute); err != nil {
			t.Fatal(err)
		}
		bad := job
		bad.JobType = "a\x00b"
		if _, _, err := store.CreateJob(t.Context(), bad, time.Minute); !errors.Is(err, sqlstore.ErrText) {
			t.Errorf("CreateJob: %v", err)
		}
		item.DisplayName = "\xff"
		if err := store.SaveItem(t.Context(), item); !errors.Is(err, sqlstore.ErrText) {
			t.Errorf("SaveItem: %v", err)
		}
		_, err := store.UpdateJob(t.Context(), job.Key, func(job *workload.JobRecord, _ time.Time) bool {
			job.Session = "\x00"
			return true
		})
		if !errors.Is(err, sqlstore.ErrText) {
			t.Errorf("UpdateJob: %v", err)
		}
	})
}

// failing makes each write of an item fail with a code, the first times; a sequence is not rolled back.
const failing = `CREATE SEQUENCE failures;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF nextval('failures') <= %d THEN RAISE EXCEPTION 'as the test wants' USING ERRCODE = '%s'; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER fail BEFORE INSERT ON fabgen_items FOR EACH ROW EXECUTE FUNCTION fail()`

func TestPostgresTriesAgain(t *testing.T) {
	for _, test := range []struct {
		code  string
		times int
		works bool
	}{{"40001", 3, true}, {"40P01", 3, true}, {"40001", 1000, false}, {"23514", 1, false}} {
		address := pgtest.Database(t)
		store := open(t, address)
		pgtest.Exec(t, address, fmt.Sprintf(failing, test.times, test.code))
		_, created, err := store.CreateItem(t.Context(), newItem())
		if created != test.works || (err == nil) != test.works {
			t.Errorf("%d times %s: created %t, %v", test.times, test.code, created, err)
		}
		if err != nil && !strings.Contains(err.Error(), "creating an item: ERROR: as the test wants") {
			t.Errorf("the error is %v", err)
		}
	}
}

// A server that was started again, or an administrator, ends connections: the call that finds out fails, since its
// commit may have been the last thing that was done, and the next one has a new connection.
func TestPostgresEndsConnections(t *testing.T) {
	address := pgtest.Database(t)
	store := open(t, address)
	for range 3 {
		if _, _, err := store.CreateItem(t.Context(), newItem()); err != nil {
			t.Errorf("CreateItem: %v", err)
		}
		pgtest.Exec(t, address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "+
			"WHERE datname = current_database() AND pid <> pg_backend_pid()")
		_ = store.Ready(t.Context())
	}
}
