package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/fabgen/fabgen/runtime/workload"
)

// CreateItem implements workload.Store.
func (s *Store) CreateItem(ctx context.Context, item workload.Item) (kept workload.Item, created bool, err error) {
	err = s.write(ctx, "creating an item", func(ctx context.Context, tx *sql.Tx) error {
		if err := checkItem(item); err != nil {
			return err
		}
		kept, created, err = s.create(ctx, tx, item)
		return err
	})
	return kept, created && err == nil, err
}

func (s *Store) create(ctx context.Context, tx *sql.Tx, item workload.Item) (workload.Item, bool, error) {
	kept, err := one(ctx, tx, scanItem, s.createItem, itemArgs(item)...)
	if !errors.Is(err, workload.ErrNotFound) {
		return kept, err == nil, err
	}
	kept, err = one(ctx, tx, scanItem, s.item, itemKeyArgs(item.Key())...)
	return kept, false, vanished(err)
}

// vanished has a transaction begin again where a row that was in the way was deleted before it was read.
func vanished(err error) error {
	if errors.Is(err, workload.ErrNotFound) {
		return errAgain
	}
	return err
}

// Item implements workload.Store.
func (s *Store) Item(ctx context.Context, key workload.ItemKey) (item workload.Item, err error) {
	read := func(ctx context.Context) (workload.Item, error) {
		return one(ctx, s.reader, scanItem, s.item, itemKeyArgs(key)...)
	}
	err = s.read(ctx, "reading an item", func(ctx context.Context) error {
		item, err = s.items.item(ctx, key, read)
		return err
	})
	return item, err
}

// SaveItem implements workload.Store.
func (s *Store) SaveItem(ctx context.Context, item workload.Item) error {
	return s.write(ctx, "saving an item", func(ctx context.Context, tx *sql.Tx) error {
		if err := checkItem(item); err != nil {
			return err
		}
		saved, err := changed(tx.ExecContext(ctx, s.saveItem, itemArgs(item)...))
		if err != nil || saved > 0 {
			return err
		}
		return s.unsaved(ctx, tx, item)
	})
}

// unsaved says why an item was not saved.
func (s *Store) unsaved(ctx context.Context, tx *sql.Tx, item workload.Item) error {
	revision, err := one(ctx, tx, value[int64], s.itemRevision, itemKeyArgs(item.Key())...)
	switch {
	case err != nil:
		return err
	case revision == item.Revision: // it was made since
		return errAgain
	}
	return workload.ErrConflict
}

// DeleteItem implements workload.Store. Whoever creates a job of the item at the same time has the item's row first,
// and the job is cancelled, or finds it gone. Where there is no item there are no open jobs.
func (s *Store) DeleteItem(ctx context.Context, key workload.ItemKey) error {
	return s.write(ctx, "deleting an item", func(ctx context.Context, tx *sql.Tx) error {
		deleted, err := changed(tx.ExecContext(ctx, s.deleteItem, itemKeyArgs(key)...))
		if err != nil || deleted == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, s.cancelJobs, itemKeyArgs(key)...)
		return err
	})
}

func changed(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func checkItem(item workload.Item) error {
	return checkText(item.TenantID, item.WorkspaceID, item.ItemID, item.Type, item.DisplayName, item.Description)
}

func itemKeyArgs(key workload.ItemKey) []any { return []any{key.TenantID, key.WorkspaceID, key.ItemID} }

func itemArgs(item workload.Item) []any {
	return append(itemKeyArgs(item.Key()), item.Type, item.DisplayName, item.Description, []byte(item.Payload),
		item.Revision)
}

func scanItem(r row) (workload.Item, error) {
	var item workload.Item
	err := r.Scan(&item.TenantID, &item.WorkspaceID, &item.ItemID, &item.Type, &item.DisplayName, &item.Description,
		(*[]byte)(&item.Payload), &item.Revision)
	return item, err
}
