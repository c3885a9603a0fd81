// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// GetLinux0 answers GET /api/workspaces/{workspaceId}/linuxs/{itemId}/v0.
func (h *Handlers) GetLinux0(w http.ResponseWriter, r *http.Request) error {
	workspaceID, itemID, err := workload.ItemIDs(r)
	if err != nil {
		return err
	}
	item, err := h.clients.Fabric.Item(r.Context(), workspaceID, itemID)
	if err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, item)
}
