package sqlstore_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fabgen/fabgen/internal/storetest"
	"github.com/fabgen/fabgen/runtime/workload"
)

func TestStore(t *testing.T) {
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) workload.Store { return open(t, address(t)) })
		})
	}
}

// Replicas share a database and nothing else.
func TestReplicas(t *testing.T) {
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) workload.Store {
				shared := address(t)
				return replicas{open(t, shared), open(t, shared), open(t, shared)}
			})
		})
	}
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
