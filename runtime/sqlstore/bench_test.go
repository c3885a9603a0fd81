package sqlstore_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/runtime/workload"
)

// eachStore runs a benchmark for each kind of store, with 16 callers for each processor.
func eachStore(b *testing.B, run func(b *testing.B, store workload.Store)) {
	b.Run("memory", func(b *testing.B) { run(b, workload.NewMemoryStore()) })
	for name, address := range databases {
		b.Run(name, func(b *testing.B) { run(b, open(b, address(b))) })
	}
}

func parallel(b *testing.B, call func() error) {
	b.Helper()
	b.SetParallelism(16)
	b.ReportAllocs()
	b.ResetTimer() // Postgres may have been started for the first of them
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := call(); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func BenchmarkCreateItem(b *testing.B) {
	eachStore(b, func(b *testing.B, store workload.Store) {
		parallel(b, func() error {
			_, _, err := store.CreateItem(b.Context(), newItem())
			return err
		})
	})
}

func BenchmarkItem(b *testing.B) {
	eachStore(b, func(b *testing.B, store workload.Store) {
		item := newItem()
		if _, _, err := store.CreateItem(b.Context(), item); err != nil {
			b.Fatal(err)
		}
		parallel(b, func() error {
			_, err := store.Item(b.Context(), item.Key())
			return err
		})
	})
}

// BenchmarkJob creates jobs and ends them.
func BenchmarkJob(b *testing.B) {
	eachStore(b, func(b *testing.B, store workload.Store) {
		item := newItem()
		if _, _, err := store.CreateItem(b.Context(), item); err != nil {
			b.Fatal(err)
		}
		parallel(b, func() error {
			job := workload.JobRecord{Key: workload.JobKey{ItemKey: item.Key(), InstanceID: uuid.NewString()},
				State: workload.JobState{Status: workload.JobNotStarted}}
			if _, _, err := store.CreateJob(b.Context(), job, time.Minute); err != nil {
				return err
			}
			_, err := store.UpdateJob(b.Context(), job.Key, func(job *workload.JobRecord, now time.Time) bool {
				job.State.Status, job.State.End = workload.JobCompleted, &now
				return true
			})
			return err
		})
	})
}
