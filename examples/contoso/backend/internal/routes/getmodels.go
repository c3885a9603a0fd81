// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"errors"
	"net/http"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/workload"
)

// GetModels answers GET /api/models.
func (h *Handlers) GetModels(w http.ResponseWriter, r *http.Request) error {
	caller, ok := auth.CallerFrom(r.Context())
	if !ok {
		return errors.New("the call has no caller")
	}
	return workload.WriteJSON(w, http.StatusOK, map[string]any{
		"tenantId": caller.TenantID,
		"userId":   caller.ObjectID,
	})
}
