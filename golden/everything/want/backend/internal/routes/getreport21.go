// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// GetReport21 answers GET /api/report2s/{report2Id}/details.
func (h *Handlers) GetReport21(w http.ResponseWriter, r *http.Request) error {
	var reply any
	call := workload.Call{
		Method: r.Method,
		Path:   []string{"report2s", r.PathValue("report2Id"), "details"},
		Into:   &reply,
	}
	if _, err := h.clients.AuditLog.Do(r.Context(), call); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, reply)
}
