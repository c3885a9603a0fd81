// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// ListSources answers GET /api/workspaces/{workspaceId}/sources.
func (h *Handlers) ListSources(w http.ResponseWriter, r *http.Request) error {
	workspaces, err := h.clients.Fabric.Workspaces(r.Context())
	if err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, map[string]any{"workspaces": workspaces})
}
