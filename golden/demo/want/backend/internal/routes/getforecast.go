// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// GetForecast answers GET /api/workspaces/{workspaceId}/forecasts/{itemId}.
func (h *Handlers) GetForecast(w http.ResponseWriter, r *http.Request) error {
	workspaceID, itemID, err := workload.ItemIDs(r)
	if err != nil {
		return err
	}
	files := workload.OneLakeItem{Workspace: workspaceID, Item: itemID}
	list, err := h.clients.Onelake.ListFiles(r.Context(), files, ".")
	if err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, map[string]any{"files": list})
}
