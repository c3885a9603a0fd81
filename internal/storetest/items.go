package storetest

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/fabgen/fabgen/runtime/workload"
)

func createItem(t *testing.T, store workload.Store) {
	item := newItem()
	_, err := store.Item(t.Context(), item.Key())
	wantError(t, "an item that was not created", err, workload.ErrNotFound)

	got, created, err := store.CreateItem(t.Context(), item)
	if err != nil || !created || !reflect.DeepEqual(got, item) {
		t.Errorf("CreateItem = %s, %t, %v, want %s, true", show(got), created, err, show(item))
	}
	wantItem(t, store, item)

	other := item
	other.DisplayName, other.Payload = "another", nil
	got, created, err = store.CreateItem(t.Context(), other)
	if err != nil || created || !reflect.DeepEqual(got, item) {
		t.Errorf("once more: %s, %t, %v, want %s, false", show(got), created, err, show(item))
	}
	wantItem(t, store, item)
}

func saveItem(t *testing.T, store workload.Store) {
	wantError(t, "saving what is not there", store.SaveItem(t.Context(), newItem()), workload.ErrNotFound)

	item := kept(t, store)
	stale := item
	for _, payload := range []json.RawMessage{json.RawMessage(`[]`), nil} {
		item.DisplayName, item.Description, item.Type, item.Payload = "Ölpreis", "", "Org.Forecast.Other", payload
		if err := store.SaveItem(t.Context(), item); err != nil {
			t.Fatalf("SaveItem: %v", err)
		}
		item.Revision++
		wantItem(t, store, item)
	}
	wantError(t, "saving a stale revision", store.SaveItem(t.Context(), stale), workload.ErrConflict)
	stale.Revision = item.Revision + 1
	wantError(t, "saving a revision to come", store.SaveItem(t.Context(), stale), workload.ErrConflict)
	wantItem(t, store, item)
}

func deleteItem(t *testing.T, store workload.Store) {
	item, other := kept(t, store), kept(t, store)
	for range 2 { // deleting what is not there is no error
		if err := store.DeleteItem(t.Context(), item.Key()); err != nil {
			t.Errorf("DeleteItem: %v", err)
		}
	}
	_, err := store.Item(t.Context(), item.Key())
	wantError(t, "a deleted item", err, workload.ErrNotFound)
	wantError(t, "saving a deleted item", store.SaveItem(t.Context(), item), workload.ErrNotFound)
	wantItem(t, store, other)

	got, created, err := store.CreateItem(t.Context(), item)
	if err != nil || !created || got.Revision != 0 {
		t.Errorf("creating it again: %s, %t, %v", show(got), created, err)
	}
}

// Each part of a key tells items apart, the tenant like the others.
func itemsOfTenants(t *testing.T, store workload.Store) {
	item := kept(t, store)
	for _, change := range []func(*workload.Item){
		func(i *workload.Item) { i.TenantID = newItem().TenantID },
		func(i *workload.Item) { i.WorkspaceID = newItem().WorkspaceID },
		func(i *workload.Item) { i.ItemID = newItem().ItemID },
	} {
		other := item
		change(&other)
		other.DisplayName = "another"
		_, err := store.Item(t.Context(), other.Key())
		wantError(t, "another's item", err, workload.ErrNotFound)
		wantError(t, "saving another's item", store.SaveItem(t.Context(), other), workload.ErrNotFound)
		if err := store.DeleteItem(t.Context(), other.Key()); err != nil {
			t.Errorf("DeleteItem: %v", err)
		}
		if _, created, err := store.CreateItem(t.Context(), other); err != nil || !created {
			t.Errorf("CreateItem: created %t, %v", created, err)
		}
		if err := store.SaveItem(t.Context(), other); err != nil {
			t.Errorf("SaveItem: %v", err)
		}
		other.Revision++
		wantItem(t, store, other)
		wantItem(t, store, item)
		if err := store.DeleteItem(t.Context(), other.Key()); err != nil {
			t.Errorf("DeleteItem: %v", err)
		}
		wantItem(t, store, item)
	}
}
