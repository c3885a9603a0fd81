package fabrictest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxFile bounds a file of the local OneLake, in bytes.
const maxFile = 64 << 20

// dfs is the part of the Data Lake Storage API (version 2) that OneLake clients use: a file is made with PUT, filled
// with PATCH append, seen by others after PATCH flush, and read, listed and deleted. Paths are
// /{workspace}/{item}/Files/….
type dfs struct {
	pageSize int

	mu      sync.Mutex
	files   map[string][]byte // flushed, by path without its first slash
	pending map[string][]byte
}

func newDFS() *dfs {
	return &dfs{pageSize: 100, files: map[string][]byte{}, pending: map[string][]byte{}}
}

func (d *dfs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/")
	query := r.URL.Query()
	switch {
	case r.Method == http.MethodGet && query.Get("resource") == "filesystem":
		d.list(w, path, query.Get("directory"), query.Get("continuation"))
	case !isFilePath(path):
		dfsError(w, http.StatusBadRequest, "InvalidUri")
	case r.Method == http.MethodPut && query.Get("resource") == "file":
		d.pending[path] = []byte{}
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPatch:
		d.patch(w, r, path, query.Get("action"), query.Get("position"))
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		d.read(w, r, path)
	case r.Method == http.MethodDelete:
		d.delete(w, path)
	default:
		dfsError(w, http.StatusMethodNotAllowed, "UnsupportedHttpVerb")
	}
}

// isFilePath wants a workspace, an item, Files, and a name.
func isFilePath(path string) bool {
	parts := strings.Split(path, "/")
	return len(parts) > 3 && parts[2] == "Files" && !slices.Contains(parts, "") && !slices.Contains(parts, "..")
}

func (d *dfs) patch(w http.ResponseWriter, r *http.Request, path, action, position string) {
	content, open := d.pending[path]
	if !open {
		dfsError(w, http.StatusNotFound, "PathNotFound")
		return
	}
	if at, err := strconv.Atoi(position); err != nil || at != len(content) {
		dfsError(w, http.StatusBadRequest, "InvalidFlushPosition")
		return
	}
	switch action {
	case "append":
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile))
		if err != nil || len(content)+len(data) > maxFile {
			dfsError(w, http.StatusRequestEntityTooLarge, "RequestBodyTooLarge")
			return
		}
		d.pending[path] = append(content, data...)
		w.WriteHeader(http.StatusAccepted)
	case "flush":
		d.files[path] = content
		delete(d.pending, path)
		w.WriteHeader(http.StatusOK)
	default:
		dfsError(w, http.StatusBadRequest, "InvalidQueryParameterValue")
	}
}

func (d *dfs) read(w http.ResponseWriter, r *http.Request, path string) {
	content, ok := d.files[path]
	if !ok {
		dfsError(w, http.StatusNotFound, "PathNotFound")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content)) // heeds Range
}

func (d *dfs) delete(w http.ResponseWriter, path string) {
	if _, ok := d.files[path]; !ok {
		dfsError(w, http.StatusNotFound, "PathNotFound")
		return
	}
	delete(d.files, path)
	w.WriteHeader(http.StatusOK)
}

// list answers one page of a folder's entries; continuation is the number of entries on the pages before.
func (d *dfs) list(w http.ResponseWriter, workspace, folder, continuation string) {
	entries := d.entries(workspace + "/" + strings.Trim(folder, "/") + "/")
	from, _ := strconv.Atoi(continuation)
	from = min(max(from, 0), len(entries))
	to := min(from+d.pageSize, len(entries))
	if to < len(entries) {
		w.Header().Set("X-Ms-Continuation", strconv.Itoa(to))
	}
	writeJSON(w, http.StatusOK, map[string]any{"paths": entries[from:to]})
}

// entries are files and folders right under prefix, in the API's own form: numbers and booleans are strings.
func (d *dfs) entries(prefix string) []map[string]string {
	sizes := map[string]int{} // -1: a folder
	for path, content := range d.files {
		rest, under := strings.CutPrefix(path, prefix)
		if !under {
			continue
		}
		name, _, folder := strings.Cut(rest, "/")
		sizes[name] = len(content)
		if folder {
			sizes[name] = -1
		}
	}
	names := make([]string, 0, len(sizes))
	for name := range sizes {
		names = append(names, name)
	}
	sort.Strings(names)
	_, inWorkspace, _ := strings.Cut(prefix, "/")
	out := make([]map[string]string, 0, len(names))
	for _, name := range names {
		entry := map[string]string{"name": inWorkspace + name, "contentLength": strconv.Itoa(max(sizes[name], 0))}
		if sizes[name] < 0 {
			entry["isDirectory"] = "true"
		}
		out = append(out, entry)
	}
	return out
}

func (d *dfs) file(path string) ([]byte, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	content, ok := d.files[strings.TrimPrefix(path, "/")]
	return bytes.Clone(content), ok
}

func (d *dfs) put(path string, content []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[strings.TrimPrefix(path, "/")] = bytes.Clone(content)
}

func dfsError(w http.ResponseWriter, status int, code string) {
	message := "The local OneLake says " + code + "."
	call := noted(w)
	call.Code, call.Reason = code, message
	w.Header().Set("X-Ms-Error-Code", code)
	writeJSON(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a client that is gone has nobody to tell
}
