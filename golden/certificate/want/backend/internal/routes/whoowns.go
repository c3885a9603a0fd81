// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// WhoOwns answers GET /api/ledgers/{ledgerId}/owner.
func (h *Handlers) WhoOwns(w http.ResponseWriter, r *http.Request) error {
	var reply any
	call := workload.Call{
		Method: r.Method,
		Path:   []string{"ledgers", r.PathValue("ledgerId"), "owner"},
		Into:   &reply,
	}
	if _, err := h.clients.Graph.Do(r.Context(), call); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, reply)
}
