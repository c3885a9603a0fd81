package workload_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fabgen/fabgen/internal/contracttest"
	"github.com/fabgen/fabgen/runtime/workload"
)

// While Entra is away from the start, nobody can be let in.
func contractNoKeys(t *testing.T, checker *contracttest.Checker) {
	b := newContractBench(t, checker)
	b.entra.SetOutage(true)
	for _, o := range operations {
		b.want(503, "ServiceUnavailable")(o.call(t.Context(), b.control, newJob(newItem(), jobType)))
	}
	b.want(503, "ServiceUnavailable")(b.front("GET", "/me", ""))
	b.want(503, "ServiceUnavailable")(b.send("GET", "/readyz", "", ""))
	b.want(200, "")(b.send("GET", "/healthz", "", ""))
}

// brokenStore fails in what every operation begins with.
type brokenStore struct {
	workload.Store
	broken atomic.Bool
}

func (s *brokenStore) Item(ctx context.Context, key workload.ItemKey) (workload.Item, error) {
	if s.broken.Load() {
		return workload.Item{}, errMistake
	}
	return s.Store.Item(ctx, key)
}

func (s *brokenStore) Job(ctx context.Context, key workload.JobKey) (workload.JobRecord, error) {
	if s.broken.Load() {
		return workload.JobRecord{}, errMistake
	}
	return s.Store.Job(ctx, key)
}

func contractNoStore(t *testing.T, checker *contracttest.Checker) {
	store := &brokenStore{Store: workload.NewMemoryStore()}
	b := newContractBench(t, checker, func(c *workload.Config) { c.Store = store })
	j := newJob(b.create(), jobType)
	store.broken.Store(true)
	for _, o := range operations {
		if o.name == "resolve" {
			continue
		}
		r := b.want(500, "InternalError")(o.call(t.Context(), b.control, j))
		if !strings.HasSuffix(r.Error().Message, r.Header.Get("RequestId")) {
			t.Errorf("%s: the message %q does not show the RequestId", o.name, r.Error().Message)
		}
	}
	store.broken.Store(false)
}
