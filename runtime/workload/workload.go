// Package workload serves what every Fabric workload's back-end has in common: the Workload REST contract that Fabric
// calls (Service), the data plane that the workload's own front-end calls (DataPlane), the client of Fabric's workload
// control (Control), and the server around them (Serve).
//
// A workload gives handlers for its item types, its jobs and its routes; this package checks who calls and what is
// sent before a handler sees it, and turns every failure into the contract's error body.
package workload

import (
	"context"
	"encoding/json"
)

// Item is one item of a tenant, as its handler sees it.
type Item struct {
	TenantID    string // lower case, as all IDs here
	WorkspaceID string
	ItemID      string
	Type        string // full name: <workload>.<Item>
	DisplayName string // 1 to 256 characters
	Description string

	// Payload is what the workload keeps of the item, JSON of the handler's own form; nil where it keeps nothing.
	Payload json.RawMessage

	// Revision counts the item's changes, so that two at a time are noticed. It is the Store's: handlers leave it alone.
	Revision int64
}

// Key is what an item is found by. The tenant is part of it: nothing finds another tenant's item.
func (i *Item) Key() ItemKey { return ItemKey{i.TenantID, i.WorkspaceID, i.ItemID} }

// ItemKey identifies an item.
type ItemKey struct {
	// All are lower case, so that one item has one key.
	TenantID, WorkspaceID, ItemID string
}

// Job is one run of a job, as its function sees it.
type Job struct {
	Item       // the item as it was when the job was started
	InstanceID string
	JobType    string          // full name: <workload>.<Item>.<Job>
	InvokeType string          // Scheduled, Manual or UnknownFutureValue
	Arguments  json.RawMessage // the start's creationPayload; nil where it had none
}

// ItemHandler is what a workload does with one type of item. Calls for the same item come one after another, calls
// for different items at the same time. The context carries the caller (auth.CallerFrom) and ends with the call.
//
// An error that is an *apierror.Error is sent as it is; one of a token exchange becomes what the front-end needs to
// solve it; every other error is logged and becomes an internal one, which tells the caller nothing of it.
type ItemHandler interface {
	// Create checks the payload of a new item, nil where there is none, and may fill in item.Payload. The item is
	// kept when Create returns nil. Fabric may deliver a creation twice: the second one does not get here, unless the
	// first failed.
	Create(ctx context.Context, item *Item, payload json.RawMessage) error
	// Update is given the item with its new name and description. It may change item.Payload, which is as it was;
	// payload is nil where the update has none.
	Update(ctx context.Context, item *Item, payload json.RawMessage) error
	// Delete gives back what the workload holds for an item, whose jobs are cancelled already. Fabric may delete on
	// behalf of nobody: a token on behalf of a user may not be had (auth.ErrNoSubject).
	Delete(ctx context.Context, item *Item) error
	// Payload is what Fabric gives to the item's editor; it is sent as JSON.
	Payload(ctx context.Context, item *Item) (any, error)
}

// JobFunc runs a job to its end. Its context carries the caller who started it and ends when the job is cancelled,
// when its item is deleted, or when the server stops; it does not end with the call that started it.
type JobFunc func(ctx context.Context, job *Job) error

// ItemType is one item type of the workload.
type ItemType struct {
	Name    string // full name, as in the manifest: <workload>.<Item>
	Handler ItemHandler
	Jobs    map[string]JobFunc // by full name: <workload>.<Item>.<Job>
}
