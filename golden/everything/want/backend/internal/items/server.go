// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package items

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/fabgen/fabgen/runtime/workload"

	"example.com/everything/workload/internal/resources"
)

// ServerItem handles the items of the type Server.
type ServerItem struct {
	clients *resources.Set
	logger  *slog.Logger
}

// newServerItem is called once, when the server starts: what the handler needs further goes in here.
func newServerItem(clients *resources.Set, logger *slog.Logger) *ServerItem {
	return &ServerItem{clients: clients, logger: logger}
}

// ServerDefinition is an item's payload, as the editor sends and gets it. Members that are not here are kept
// all the same.
type ServerDefinition struct {
	Notes string `json:"notes"`
}

// Create checks the payload of a new item and keeps it. An *apierror.Error reaches the person as it is; any other
// error is logged, and the person sees only that something failed.
func (h *ServerItem) Create(_ context.Context, item *workload.Item, payload json.RawMessage) error {
	if err := workload.DecodePayload(payload, &ServerDefinition{}); err != nil {
		return err
	}
	item.Payload = payload
	return nil
}

// Update checks and keeps a new payload. Without one, only name or description have changed, in item already.
func (h *ServerItem) Update(ctx context.Context, item *workload.Item, payload json.RawMessage) error {
	if payload == nil {
		return nil
	}
	return h.Create(ctx, item, payload)
}

// Delete gives back what the workload holds elsewhere for the item. The item itself is dropped when this returns nil.
// Nobody may be signed in here: call resources as the application, not as the user.
func (h *ServerItem) Delete(ctx context.Context, item *workload.Item) error {
	h.logger.InfoContext(ctx, "item deleted", "type", item.Type, "itemId", item.ItemID)
	return nil
}

// Payload is what the editor gets: what Create and Update kept.
func (h *ServerItem) Payload(_ context.Context, item *workload.Item) (any, error) {
	if item.Payload == nil {
		return ServerDefinition{}, nil
	}
	return item.Payload, nil
}
