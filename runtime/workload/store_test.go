package workload_test

import (
	"testing"

	"github.com/fabgen/fabgen/internal/storetest"
	"github.com/fabgen/fabgen/runtime/workload"
)

func TestMemoryStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) workload.Store { return workload.NewMemoryStore() })
}
