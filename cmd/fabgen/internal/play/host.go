package play

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// host is the portal, called as its page calls it, without a socket.
type host struct {
	handler http.Handler
	origin  string
}

// hostAnswer is what the portal says to a call of the front-end. One member is set.
type hostAnswer struct {
	Resolve json.RawMessage
	Reject  json.RawMessage
}

func (h *host) call(ctx context.Context, user, name string, fields any) (hostAnswer, error) {
	return h.post(ctx, "/call", user, name, fields)
}

// page makes a call of the portal's own page.
func (h *host) page(ctx context.Context, user, name string, fields any) (hostAnswer, error) {
	return h.post(ctx, "/page", user, name, fields)
}

func (h *host) post(ctx context.Context, path, user, name string, fields any) (hostAnswer, error) {
	body, err := json.Marshal(map[string]any{"name": name, "user": user, "fields": fields})
	if err != nil {
		return hostAnswer{}, fmt.Errorf("calling the portal: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.origin+path, bytes.NewReader(body))
	if err != nil {
		return hostAnswer{}, fmt.Errorf("calling the portal: %w", err)
	}
	req.Header.Set("Origin", h.origin)
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	h.handler.ServeHTTP(w, req)
	var answer hostAnswer
	if err := ctx.Err(); err != nil {
		return hostAnswer{}, fmt.Errorf("calling the portal: %w", err)
	}
	if err := json.Unmarshal(w.body.Bytes(), &answer); err != nil || w.status != http.StatusOK {
		return hostAnswer{}, fmt.Errorf("the portal answers %s with status %d: %s", name, w.status,
			strings.TrimSpace(w.body.String()))
	}
	return answer, nil
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
