// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"errors"
	"net/http"

	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/workload"
)

// PatchFunc0 answers PATCH /api/funcs/{funcId}.
func (h *Handlers) PatchFunc0(w http.ResponseWriter, r *http.Request) error {
	caller, ok := auth.CallerFrom(r.Context())
	if !ok {
		return errors.New("the call has no caller")
	}
	return workload.WriteJSON(w, http.StatusOK, map[string]any{
		"tenantId": caller.TenantID,
		"userId":   caller.ObjectID,
		"funcId":   r.PathValue("funcId"),
	})
}
