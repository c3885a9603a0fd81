// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// GetItem0 answers GET /api/items/{itemId}.
func (h *Handlers) GetItem0(w http.ResponseWriter, r *http.Request) error {
	var reply any
	call := workload.Call{
		Method: r.Method,
		Path:   []string{"items", r.PathValue("itemId")},
		Into:   &reply,
	}
	if _, err := h.clients.Graph.Do(r.Context(), call); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, reply)
}
