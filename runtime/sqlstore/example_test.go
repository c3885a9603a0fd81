package sqlstore_test

import (
	"context"
	"os"

	"github.com/fabgen/fabgen/runtime/sqlstore"
	"github.com/fabgen/fabgen/runtime/workload"
)

// One machine keeps its items in a file, many replicas share a Postgres: the address alone says which.
func Example() {
	address := os.Getenv("DATABASE_URL") // postgres://workload:…@db/workload?sslmode=verify-full
	if address == "" {
		address = "sqlite:data/workload.db"
	}
	store, err := sqlstore.Open(context.Background(), address)
	if err != nil {
		panic(err)
	}
	defer store.Close()
	var _ workload.Store = store
}
