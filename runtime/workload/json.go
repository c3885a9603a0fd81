package workload

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// WriteJSON answers with a value as JSON. It encodes before it writes, so that a value that cannot be encoded is an
// error and still can become the call's answer.
func WriteJSON(w http.ResponseWriter, status int, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encoding the answer: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// The status is sent: a connection that is gone has nobody to tell.
	_, _ = w.Write(append(data, '\n'))
	return nil
}

// ReadJSON reads a call's body, at most MaxBody bytes, as one JSON value into value. Members that value does not have
// are ignored. Its errors are for the caller (*apierror.Error, 400 or 413).
func ReadJSON(w http.ResponseWriter, r *http.Request, value any) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		return bodyReadError(err)
	}
	if !utf8.Valid(data) {
		return invalidBody("it is not UTF-8")
	}
	if err := json.Unmarshal(data, value); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field != "" {
			return invalidBody(fmt.Sprintf("%s is not of the right type", kind.Field)).Because(err)
		}
		return invalidBody("it is not valid JSON").Because(err)
	}
	return nil
}

// DecodePayload reads an item's payload, or a job's arguments, into a value; without a payload the value stays as it
// is. Its error is for the caller (*apierror.Error, 400 InvalidItemPayload).
func DecodePayload(payload json.RawMessage, into any) error {
	if len(payload) == 0 {
		return nil
	}
	if err := json.Unmarshal(payload, into); err != nil {
		return apierror.New(http.StatusBadRequest, apierror.InvalidItemPayload,
			"The payload is not of the form that this item has.").Permanent(true).Because(err)
	}
	return nil
}
