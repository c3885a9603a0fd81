package workload

import (
	"errors"
	"net/http"

	"github.com/fabgen/fabgen/runtime/apierror"
	"github.com/fabgen/fabgen/runtime/auth"
)

// WriteError answers a call that failed: it finds in err what the caller may know, and keeps err itself for the log
// line of the call. plane says who reads the answer.
func WriteError(w http.ResponseWriter, r *http.Request, err error, plane auth.Plane) {
	noteError(r.Context(), err)
	apierror.Write(w, r, ErrorFor(err, plane))
}

// ErrorFor is the one mapping of a handler's error to an answer. An *apierror.Error is sent as it is; an answer of a
// resource, a Store's ErrNotFound and all errors of the auth package have one each; everything else is an internal
// error that tells nothing.
func ErrorFor(err error, plane auth.Plane) *apierror.Error {
	var ready *apierror.Error
	if errors.As(err, &ready) {
		return ready
	}
	var answer *ResourceError
	switch {
	case errors.As(err, &answer):
		return answer.apiError()
	case errors.Is(err, ErrNotFound):
		return itemNotFound().Because(err)
	case errors.Is(err, ErrConflict):
		return apierror.New(http.StatusConflict, apierror.Conflict,
			"The item is being changed by others at the same time; try again.").Permanent(false).Because(err)
	case errors.Is(err, errBusy):
		return apierror.New(http.StatusTooManyRequests, apierror.TooManyRequests,
			"As many jobs are waiting as may; start this one again later.").SetHeader("Retry-After", "30").Because(err)
	case errors.Is(err, errStopping):
		return stopping(err)
	}
	return auth.ErrorFor(err, plane)
}

func itemNotFound() *apierror.Error {
	return apierror.New(http.StatusNotFound, apierror.ItemMetadataNotFound, "There is no such item.").Permanent(true)
}

func stopping(cause error) *apierror.Error {
	return apierror.New(http.StatusServiceUnavailable, apierror.ServiceUnavailable,
		"The workload is being stopped; try again.").SetHeader("Retry-After", "5").Permanent(false).Because(cause)
}
