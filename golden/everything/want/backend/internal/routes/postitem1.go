// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"net/http"

	"github.com/fabgen/fabgen/runtime/workload"
)

// PostItem1 answers POST /api/items/{itemId}/details.
func (h *Handlers) PostItem1(w http.ResponseWriter, r *http.Request) error {
	token, err := h.clients.SQL.Token(r.Context())
	if err != nil {
		return err
	}
	return workload.WriteJSON(w, http.StatusOK, map[string]any{"signedInUntil": token.Expiry.UTC()})
}
