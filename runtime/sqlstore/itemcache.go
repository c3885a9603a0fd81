package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/fabgen/fabgen/runtime/workload"
)

// What an itemCache holds at most, in bytes of text and payload.
const (
	maxCached     = 16 << 20
	maxCachedItem = 256 << 10
)

// itemCache keeps items of an SQLite database until anybody changes the database. SQLite tells by a number of each
// connection, https://www.sqlite.org/pragma.html#pragma_data_version, which differs from before once another
// connection, of this process or of any other, has committed. To ask for it is a fraction of a read, and is done for
// each call: an item that is given was in the database when the call began, or was since.
type itemCache struct {
	db *sql.DB

	mu       sync.Mutex
	conn     *sql.Conn // nothing else uses it, so that every change is another connection's; nil until the first question
	question driver.Stmt
	answer   [1]driver.Value
	version  int64
	items    map[workload.ItemKey]workload.Item
	size     int
}

func newItemCache(db *sql.DB) *itemCache {
	return &itemCache{db: db, items: map[workload.ItemKey]workload.Item{}}
}

// item gives an item that is held, or the one that read gives. A nil cache holds nothing.
func (c *itemCache) item(ctx context.Context, key workload.ItemKey, read func(context.Context) (workload.Item, error),
) (workload.Item, error) {
	if c == nil {
		return read(ctx)
	}
	item, version, ok, err := c.get(ctx, key)
	if ok || err != nil {
		return item, err
	}
	item, err = read(ctx)
	if err == nil {
		c.put(item, version)
	}
	return item, err
}

// get gives an item that is held, or the database's version, by which put will know whether what was read is current.
func (c *itemCache) get(ctx context.Context, key workload.ItemKey,
) (item workload.Item, version int64, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version, err = c.ask(ctx); err != nil {
		return item, 0, false, err
	}
	if version != c.version {
		c.drop()
		c.version = version
	}
	item, ok = c.items[key]
	item.Payload = slices.Clone(item.Payload) // its handler may write into it
	return item, version, ok, nil
}

// put holds an item that was read since get gave the version.
func (c *itemCache) put(item workload.Item, version int64) {
	size := itemSize(item)
	if size > maxCachedItem {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, twice := c.items[item.Key()]; twice || version != c.version {
		return
	}
	if c.size+size > maxCached {
		c.drop()
	}
	item.Payload = slices.Clone(item.Payload)
	c.items[item.Key()] = item
	c.size += size
}

func (c *itemCache) drop() {
	clear(c.items)
	c.size = 0
}

// ask asks the driver itself: database/sql would take longer than SQLite does.
func (c *itemCache) ask(ctx context.Context) (version int64, err error) {
	if err := c.open(ctx); err != nil {
		return 0, err
	}
	err = c.conn.Raw(func(any) error {
		rows, err := c.question.(driver.StmtQueryContext).QueryContext(context.WithoutCancel(ctx), nil)
		if err != nil {
			return err
		}
		return errors.Join(rows.Next(c.answer[:]), rows.Close())
	})
	if err != nil {
		return 0, err
	}
	version, ok := c.answer[0].(int64)
	if !ok {
		return 0, fmt.Errorf("the database's version is a %T", c.answer[0])
	}
	return version, nil
}

func (c *itemCache) open(ctx context.Context) error {
	if c.conn != nil {
		return nil
	}
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(d any) error {
		c.question, err = d.(driver.ConnPrepareContext).PrepareContext(context.WithoutCancel(ctx), "PRAGMA data_version")
		return err
	})
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	c.conn = conn
	return nil
}

// Close gives the connection back.
func (c *itemCache) Close() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return nil
	}
	return errors.Join(c.conn.Raw(func(any) error { return c.question.Close() }), c.conn.Close())
}

// itemSize is about what an item takes, in bytes.
func itemSize(i workload.Item) int {
	const fields = 256
	return fields + len(i.TenantID) + len(i.WorkspaceID) + len(i.ItemID) + len(i.Type) + len(i.DisplayName) +
		len(i.Description) + len(i.Payload)
}
