// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package items

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/fabgen/fabgen/runtime/workload"

	"example.com/contoso/forecast/internal/resources"
)

// ForecastItem handles the items of the type Forecast.
type ForecastItem struct {
	clients *resources.Set
	logger  *slog.Logger
}

// newForecastItem is called once, when the server starts: what the handler needs further goes in here.
func newForecastItem(clients *resources.Set, logger *slog.Logger) *ForecastItem {
	return &ForecastItem{clients: clients, logger: logger}
}

// ForecastDefinition is an item's payload, as the editor sends and gets it. Members that are not here are kept
// all the same.
type ForecastDefinition struct {
	Notes string `json:"notes"`
}

// Create checks the payload of a new item and keeps it. An *apierror.Error reaches the person as it is; any other
// error is logged, and the person sees only that something failed.
func (h *ForecastItem) Create(_ context.Context, item *workload.Item, payload json.RawMessage) error {
	if err := workload.DecodePayload(payload, &ForecastDefinition{}); err != nil {
		return err
	}
	item.Payload = payload
	return nil
}

// Update checks and keeps a new payload. Without one, only name or description have changed, in item already.
func (h *ForecastItem) Update(ctx context.Context, item *workload.Item, payload json.RawMessage) error {
	if payload == nil {
		return nil
	}
	return h.Create(ctx, item, payload)
}

// Delete gives back what the workload holds elsewhere for the item. The item itself is dropped when this returns nil.
// Nobody may be signed in here: call resources as the application, not as the user.
func (h *ForecastItem) Delete(ctx context.Context, item *workload.Item) error {
	h.logger.InfoContext(ctx, "item deleted", "type", item.Type, "itemId", item.ItemID)
	return nil
}

// Payload is what the editor gets: what Create and Update kept.
func (h *ForecastItem) Payload(_ context.Context, item *workload.Item) (any, error) {
	if item.Payload == nil {
		return ForecastDefinition{}, nil
	}
	return item.Payload, nil
}

// RunTrain is the job Train. It runs behind the call that started it; ctx ends when it is cancelled. What it
// returns ends the job: nil as Completed, an error as Failed. So does the end of the server that runs it, unless the
// handler is a workload.Restarter and says that this job may begin once more.
func (h *ForecastItem) RunTrain(ctx context.Context, job *workload.Job) error {
	// The user's token lasts about an hour; with this the job goes on to write on the user's behalf after that.
	ctx, err := h.clients.Onelake.LongRunning(ctx)
	if err != nil {
		return err
	}
	report, err := json.Marshal(map[string]string{"job": job.JobType, "item": job.DisplayName, "invokedAs": job.InvokeType})
	if err != nil {
		return err
	}
	files := workload.OneLakeItem{Workspace: job.WorkspaceID, Item: job.ItemID}
	return h.clients.Onelake.WriteFile(ctx, files, "jobs/"+job.InstanceID+".json", report)
}

// RunScore is the job Score. It runs behind the call that started it; ctx ends when it is cancelled. What it
// returns ends the job: nil as Completed, an error as Failed. So does the end of the server that runs it, unless the
// handler is a workload.Restarter and says that this job may begin once more.
func (h *ForecastItem) RunScore(ctx context.Context, job *workload.Job) error {
	// The user's token lasts about an hour; with this the job goes on to write on the user's behalf after that.
	ctx, err := h.clients.Onelake.LongRunning(ctx)
	if err != nil {
		return err
	}
	report, err := json.Marshal(map[string]string{"job": job.JobType, "item": job.DisplayName, "invokedAs": job.InvokeType})
	if err != nil {
		return err
	}
	files := workload.OneLakeItem{Workspace: job.WorkspaceID, Item: job.ItemID}
	return h.clients.Onelake.WriteFile(ctx, files, "jobs/"+job.InstanceID+".json", report)
}
