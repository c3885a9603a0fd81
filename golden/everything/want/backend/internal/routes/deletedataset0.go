// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// DeleteDataSet0 answers DELETE /api/datasets/{datasetId}.
func (h *Handlers) DeleteDataSet0(w http.ResponseWriter, r *http.Request) error {
	var reply any
	call := workload.Call{
		Method: r.Method,
		Path:   []string{"datasets", r.PathValue("datasetId")},
		Into:   &reply,
	}
	if _, err := h.clients.Graph.Do(r.Context(), call); err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, reply)
}
