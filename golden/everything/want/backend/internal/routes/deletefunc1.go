// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// DeleteFunc1 answers DELETE /api/funcs/{funcId}/details.
func (h *Handlers) DeleteFunc1(w http.ResponseWriter, r *http.Request) error {
	workspaceID, itemID, err := workload.ItemIDs(r)
	if err != nil {
		return err
	}
	files := workload.OneLakeItem{Workspace: workspaceID, Item: itemID}
	if err := h.clients.Onelake.DeleteFile(r.Context(), files, "data.json"); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, map[string]any{"deleted": "data.json"})
}
