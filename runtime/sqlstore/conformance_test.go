package sqlstore_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/pgtest"
	"github.com/fabgen/fabgen/internal/storetest"
	"github.com/fabgen/fabgen/runtime/workload"
)

func TestStore(t *testing.T) {
	onEachFresh(t, func(t *testing.T, fresh func(t *testing.T) string) {
		storetest.Run(t, func(t *testing.T) workload.Store { return open(t, fresh(t)) })
	})
}

// Replicas share a database and nothing else.
func TestReplicas(t *testing.T) {
	onEachFresh(t, func(t *testing.T, fresh func(t *testing.T) string) {
		storetest.Run(t, func(t *testing.T) workload.Store {
			address := fresh(t)
			return replicas{open(t, address), open(t, address), open(t, address)}
		})
	})
}

// onEachFresh is onEach for many tests: fresh gives each of them an empty database.
func onEachFresh(t *testing.T, test func(t *testing.T, fresh func(t *testing.T) string)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, func(t *testing.T) string { return databases["sqlite"](t) })
	})
	t.Run("postgres", func(t *testing.T) {
		address := pgtest.Database(t)
		test(t, func(t *testing.T) string {
			pgtest.Empty(t, address)
			return address
		})
	})
}

// replicas are stores of one database, of which each call takes any.
type replicas []workload.Store

func (r replicas) any() workload.Store { return r[rand.IntN(len(r))] }

func (r replicas) CreateItem(ctx context.Context, item workload.Item) (workload.Item, bool, error) {
	return r.any().CreateItem(ctx, item)
}

func (r replicas) Item(ctx context.Context, key workload.ItemKey) (workload.Item, error) {
	return r.any().Item(ctx, key)
}

func (r replicas) SaveItem(ctx context.Context, item workload.Item) error {
	return r.any().SaveItem(ctx, item)
}

func (r replicas) DeleteItem(ctx context.Context, key workload.ItemKey) error {
	return r.any().DeleteItem(ctx, key)
}

func (r replicas) CreateJob(ctx context.Context, job workload.JobRecord, lease time.Duration,
) (workload.JobRecord, bool, error) {
	return r.any().CreateJob(ctx, job, lease)
}

func (r replicas) Job(ctx context.Context, key workload.JobKey) (workload.JobRecord, error) {
	return r.any().Job(ctx, key)
}

func (r replicas) OpenJobs(ctx context.Context, item workload.ItemKey) ([]workload.JobKey, error) {
	return r.any().OpenJobs(ctx, item)
}

func (r replicas) UpdateJob(ctx context.Context, key workload.JobKey,
	change func(*workload.JobRecord, time.Time) bool) (workload.JobRecord, error) {
	return r.any().UpdateJob(ctx, key, change)
}

func (r replicas) RenewLeases(ctx context.Context, owner string, lease time.Duration) ([]workload.JobKey, error) {
	return r.any().RenewLeases(ctx, owner, lease)
}

func (r replicas) LostJobs(ctx context.Context, limit int) ([]workload.JobKey, error) {
	return r.any().LostJobs(ctx, limit)
}

func (r replicas) DropJobs(ctx context.Context, age time.Duration) error {
	return r.any().DropJobs(ctx, age)
}

func (r replicas) Ready(ctx context.Context) error { return r.any().Ready(ctx) }
