package sqlstore_test

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fabgen/fabgen/runtime/sqlstore"
	"github.com/fabgen/fabgen/runtime/workload"
)

// A read gives what was acknowledged before it began, whichever process wrote it, also while an item changes all the time.
func TestReadsAreCurrent(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		writer, other := open(t, address), open(t, address)
		item := newItem()
		item.Payload = []byte("0")
		kept, _, err := writer.CreateItem(t.Context(), item)
		if err != nil {
			t.Fatal(err)
		}
		var acknowledged atomic.Int64
		acknowledged.Store(kept.Revision)
		done := make(chan struct{})
		var readers sync.WaitGroup
		for _, store := range []*sqlstore.Store{writer, other, writer, other} {
			readers.Go(func() {
				for {
					least := acknowledged.Load()
					got, err := store.Item(t.Context(), item.Key())
					if err != nil || got.Revision < least || string(got.Payload) != fmt.Sprint(got.Revision) {
						t.Errorf("revision %d with payload %s, %v; %d was acknowledged", got.Revision, got.Payload, err, least)
						return
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		for range 200 {
			kept.Payload = fmt.Append(nil, kept.Revision+1)
			if err := writer.SaveItem(t.Context(), kept); err != nil {
				t.Error(err)
				break
			}
			kept.Revision++
			acknowledged.Store(kept.Revision)
		}
		close(done)
		readers.Wait()
	})
}

// What a handler does to an item that it read is not seen by others.
func TestItemsThatWereReadAreTheReaders(t *testing.T) {
	store := open(t, databases["sqlite"](t))
	item := newItem()
	if _, _, err := store.CreateItem(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		got, err := store.Item(t.Context(), item.Key())
		if err != nil || string(got.Payload) != "{}" {
			t.Fatalf("payload %s, %v", got.Payload, err)
		}
		got.Payload[0] = 'x'
	}
}

// However many items are read, a bounded part of them is held.
func TestHeldItemsAreBounded(t *testing.T) {
	store := open(t, databases["sqlite"](t))
	var items []workload.Item
	for range 100 {
		item := newItem()
		item.Payload = bytes.Repeat([]byte("1"), 200<<10)
		items = append(items, item)
		if _, _, err := store.CreateItem(t.Context(), item); err != nil {
			t.Fatal(err)
		}
	}
	tooLarge := newItem()
	tooLarge.Payload = bytes.Repeat([]byte("1"), 300<<10)
	if _, _, err := store.CreateItem(t.Context(), tooLarge); err != nil {
		t.Fatal(err)
	}
	for _, item := range append(items, tooLarge) {
		got, err := store.Item(t.Context(), item.Key())
		if err != nil || !bytes.Equal(got.Payload, item.Payload) {
			t.Fatalf("%d bytes of payload, %v", len(got.Payload), err)
		}
	}
	held, size := sqlstore.Held(store)
	if held == 0 || size > 16<<20 || size < held*(200<<10) {
		t.Errorf("%d items with %d bytes are held, want some, and at most 16 MiB", held, size)
	}
}
