package portal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// rejection is a failure as the client of the front-end sees it: that of an item or a job by status and code, that of a
// token by a number.
type rejection struct {
	status    int
	code      string
	message   string
	requestID string
	details   string // the workload's error body, where it is the workload's failure

	auth *authError
}

// authError is the number with which acquireAccessToken fails.
type authError int

const (
	interactionFailed authError = 1
	misconfigured     authError = 2
	declined          authError = 4
)

func (r *rejection) Error() string { return r.code + ": " + r.message }

func rejectf(status int, code, format string, args ...any) *rejection {
	return &rejection{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func rejectToken(number authError) *rejection { return &rejection{auth: &number} }

// workloadFailed is Fabric's failure because of the workload's, whose body is a string in it: so it is kept from the
// renaming of keys that all else on the wire goes through.
func workloadFailed(resp *fabrictest.Response) *rejection {
	details := string(resp.Body)
	if !json.Valid(resp.Body) {
		details = `{"errorCode":"InternalError","message":"the workload's answer is no JSON","source":"System"}`
	}
	status := resp.Status
	if status < http.StatusBadRequest {
		status = http.StatusBadGateway
	}
	return &rejection{status: status, code: "FabricExternalWorkloadError", message: "The workload failed.",
		details: details, requestID: cmp.Or(resp.Header.Get("RequestId"), resp.RequestID)}
}

// fields are those of the "[Reject] …" message.
func (r *rejection) fields() any {
	if r.auth != nil {
		return map[string]any{"error": int(*r.auth)}
	}
	message := map[string]any{"code": r.code, "message": r.message}
	if r.details != "" {
		message["pbi.error"] = map[string]any{"code": r.code, "parameters": map[string]any{"ErrorResponse": r.details}}
	}
	return map[string]any{
		"error":    map[string]any{"statusCode": r.status, "message": message},
		"response": map[string]any{"headers": map[string]any{"requestId": r.requestID}},
	}
}
