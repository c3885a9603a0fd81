// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// DeleteTest1 answers DELETE /api/tests/{testId}/details.
func (h *Handlers) DeleteTest1(w http.ResponseWriter, r *http.Request) error {
	var reply any
	call := workload.Call{
		Method: r.Method,
		Path:   []string{"tests", r.PathValue("testId"), "details"},
		Into:   &reply,
	}
	if _, err := h.clients.Kusto.Do(r.Context(), call); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, reply)
}
