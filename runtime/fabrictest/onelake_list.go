package fabrictest

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// listed is an entry in the API's own form, where numbers and booleans are strings.
type listed struct {
	Name          string `json:"name"` // from the item on
	IsDirectory   string `json:"isDirectory,omitempty"`
	ContentLength string `json:"contentLength"`
	ETag          string `json:"etag"`
	LastModified  string `json:"lastModified"`
}

// list answers one page of a folder of an item; with recursive, of all that is in it. Its continuation tells the last
// name of the page before, so that nothing is left out where something was made or deleted meanwhile.
func (o *oneLake) list(w http.ResponseWriter, r *http.Request, workspace string, query url.Values) error {
	folder := strings.Trim(query.Get("directory"), "/")
	item, _, _ := strings.Cut(folder, "/")
	name := workspace + "/" + folder
	if folder == "" || strings.Contains(workspace, "/") || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") || len(name) > maxPath {
		return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "directory is a path that begins with an item, such as item/Files.")
	}
	if err := o.allow(r, workspace, item, false); err != nil {
		return err
	}
	after, err := base64.RawURLEncoding.DecodeString(query.Get("continuation"))
	if err != nil {
		return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "continuation is none of this server's.")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	entries, err := o.tree.walk(name, query.Get("recursive") == "true")
	if errors.Is(err, fs.ErrNotExist) && strings.Count(folder, "/") < 2 {
		entries, err = nil, nil // an item's own folders are there from the beginning
	}
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e entry) bool { return len(after) > 0 && e.path <= string(after) })
	size := o.pageSize
	if n, err := strconv.Atoi(query.Get("maxResults")); err == nil && n > 0 {
		size = min(size, n)
	}
	if size < len(entries) {
		entries = entries[:size]
		w.Header().Set("X-Ms-Continuation", base64.RawURLEncoding.EncodeToString([]byte(entries[size-1].path)))
	}
	paths := make([]listed, 0, len(entries))
	for _, e := range entries {
		paths = append(paths, e.listed(workspace))
	}
	writeJSON(w, http.StatusOK, map[string]any{"paths": paths})
	return nil
}

func (e entry) listed(workspace string) listed {
	out := listed{Name: strings.TrimPrefix(e.path, workspace+"/"), ContentLength: strconv.FormatInt(e.size, 10), ETag: e.etag(),
		LastModified: e.modified.UTC().Format(http.TimeFormat)}
	if e.folder {
		out.IsDirectory = "true"
	}
	return out
}
