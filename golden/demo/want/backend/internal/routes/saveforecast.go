// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"encoding/json"
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// SaveForecast answers POST /api/workspaces/{workspaceId}/forecasts/{itemId}.
func (h *Handlers) SaveForecast(w http.ResponseWriter, r *http.Request) error {
	workspaceID, itemID, err := workload.ItemIDs(r)
	if err != nil {
		return err
	}
	files := workload.OneLakeItem{Workspace: workspaceID, Item: itemID}
	var data json.RawMessage
	if err := workload.ReadJSON(w, r, &data); err != nil {
		return err
	}
	if err := h.clients.Onelake.WriteFile(r.Context(), files, "data.json", data); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, map[string]any{"written": "data.json"})
}
