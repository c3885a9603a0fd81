// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// ListVehicles answers GET /api/workspaces/{workspaceId}/fleets/{itemId}/vehicles.
func (h *Handlers) ListVehicles(w http.ResponseWriter, r *http.Request) error {
	var reply any
	call := workload.Call{
		Method: r.Method,
		Path:   []string{"workspaces", r.PathValue("workspaceId"), "fleets", r.PathValue("itemId"), "vehicles"},
		Into:   &reply,
	}
	if _, err := h.clients.Kusto.Do(r.Context(), call); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, reply)
}
