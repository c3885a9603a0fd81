package inspector

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
)

// maxRequest bounds what the page sends, in bytes.
const maxRequest = 1 << 20

// wanted is what the page asks to have written down.
type wanted struct {
	IDs    []int `json:"ids"`    // nil means all
	Tokens bool  `json:"tokens"` // JSON alone: with the texts of tokens, and names
}

func (i *inspector) export(w http.ResponseWriter, r *http.Request) {
	var want wanted
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&want); err != nil {
		http.Error(w, "What to export cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	list := i.Recorder.All()
	if want.IDs != nil {
		list = slices.DeleteFunc(list, func(h hops.Hop) bool { return !slices.Contains(want.IDs, h.ID) })
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	switch r.PathValue("format") {
	case "json":
		data, err := hops.JSON(list, hops.Export{Version: i.Version, Tokens: want.Tokens})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(data) // a connection that is gone has nobody to tell, here and below
	case "mermaid":
		_, _ = w.Write([]byte(hops.Mermaid(list)))
	case "text":
		_, _ = w.Write([]byte(hops.Transcript(list, hops.Story{})))
	default:
		http.Error(w, "The formats are json, mermaid and text.", http.StatusNotFound)
	}
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(value)
}
