// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package items

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/fabgen/fabgen/runtime/workload"

	"example.com/fabrikam/fleet/internal/resources"
)

// MaintenancePlanItem handles the items of the type MaintenancePlan.
type MaintenancePlanItem struct {
	clients *resources.Set
	logger  *slog.Logger
}

// newMaintenancePlanItem is called once, when the server starts: what the handler needs further goes in here.
func newMaintenancePlanItem(clients *resources.Set, logger *slog.Logger) *MaintenancePlanItem {
	return &MaintenancePlanItem{clients: clients, logger: logger}
}

// MaintenancePlanDefinition is an item's payload, as the editor sends and gets it. Members that are not here are kept
// all the same.
type MaintenancePlanDefinition struct {
	Notes string `json:"notes"`
}

// Create checks the payload of a new item and keeps it. An *apierror.Error reaches the person as it is; any other
// error is logged, and the person sees only that something failed.
func (h *MaintenancePlanItem) Create(_ context.Context, item *workload.Item, payload json.RawMessage) error {
	if err := workload.DecodePayload(payload, &MaintenancePlanDefinition{}); err != nil {
		return err
	}
	item.Payload = payload
	return nil
}

// Update checks and keeps a new payload. Without one, only name or description have changed, in item already.
func (h *MaintenancePlanItem) Update(ctx context.Context, item *workload.Item, payload json.RawMessage) error {
	if payload == nil {
		return nil
	}
	return h.Create(ctx, item, payload)
}

// Delete gives back what the workload holds elsewhere for the item. The item itself is dropped when this returns nil.
// Nobody may be signed in here: call resources as the application, not as the user.
func (h *MaintenancePlanItem) Delete(ctx context.Context, item *workload.Item) error {
	h.logger.InfoContext(ctx, "item deleted", "type", item.Type, "itemId", item.ItemID)
	return nil
}

// Payload is what the editor gets: what Create and Update kept.
func (h *MaintenancePlanItem) Payload(_ context.Context, item *workload.Item) (any, error) {
	if item.Payload == nil {
		return MaintenancePlanDefinition{}, nil
	}
	return item.Payload, nil
}

// RunSchedule is the job Schedule. It runs behind the call that started it; ctx ends when it is cancelled. What it
// returns ends the job: nil as Completed, an error as Failed. So does the end of the server that runs it, unless the
// handler is a workload.Restarter and says that this job may begin once more.
func (h *MaintenancePlanItem) RunSchedule(ctx context.Context, job *workload.Job) error {
	var definition MaintenancePlanDefinition
	if err := workload.DecodePayload(job.Payload, &definition); err != nil {
		return err
	}
	h.logger.InfoContext(ctx, "job done", "jobType", job.JobType, "itemId", job.ItemID, "notes", len(definition.Notes))
	return ctx.Err()
}

// RunReview is the job Review. It runs behind the call that started it; ctx ends when it is cancelled. What it
// returns ends the job: nil as Completed, an error as Failed. So does the end of the server that runs it, unless the
// handler is a workload.Restarter and says that this job may begin once more.
func (h *MaintenancePlanItem) RunReview(ctx context.Context, job *workload.Job) error {
	var definition MaintenancePlanDefinition
	if err := workload.DecodePayload(job.Payload, &definition); err != nil {
		return err
	}
	h.logger.InfoContext(ctx, "job done", "jobType", job.JobType, "itemId", job.ItemID, "notes", len(definition.Notes))
	return ctx.Err()
}
