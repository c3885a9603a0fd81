// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"encoding/json"
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// PatchServer1 answers PATCH /api/servers/{serverId}/details.
func (h *Handlers) PatchServer1(w http.ResponseWriter, r *http.Request) error {
	var body json.RawMessage
	if err := workload.ReadJSON(w, r, &body); err != nil {
		return err
	}
	var reply any
	call := workload.Call{
		Method: r.Method,
		Path:   []string{"servers", r.PathValue("serverId"), "details"},
		JSON:   body,
		Into:   &reply,
	}
	if _, err := h.clients.AuditLog.Do(r.Context(), call); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, reply)
}
