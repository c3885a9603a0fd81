package workload

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fabgen/fabgen/runtime/auth"
)

const (
	oneLakeChunk = 4 << 20 // bytes of one append
	maxPages     = 1000    // of one list
)

// DefaultOneLakeURL is OneLake's DFS endpoint.
const DefaultOneLakeURL = "https://onelake.dfs.fabric.microsoft.com"

// OneLake reads and writes the files of items, by the part of the Data Lake Storage API (version 2) that OneLake has.
// It is safe for concurrent use.
type OneLake struct{ api *API }

// NewOneLake makes a client of OneLake at baseURL, such as https://onelake.dfs.fabric.microsoft.com.
func NewOneLake(a *auth.Authenticator, resource auth.Resource, baseURL string) (*OneLake, error) {
	api, err := NewAPI(a, resource, baseURL)
	if err != nil {
		return nil, err
	}
	return &OneLake{api: api}, nil
}

// LongRunning is that of TokenSource.
func (o *OneLake) LongRunning(ctx context.Context) (context.Context, error) {
	return o.api.LongRunning(ctx)
}

// OneLakeItem names an item whose files are meant: workspace and item both by their IDs, or both by their names, the
// item's then with its type: Sales.Lakehouse.
type OneLakeItem struct {
	// Each is one segment of a path, not escaped.
	Workspace, Item string
}

// OneLakeFile is one entry of a folder.
type OneLakeFile struct {
	Name      string `json:"name"` // relative to the item's Files folder, with slashes
	Directory bool   `json:"directory"`
	Size      int64  `json:"size"` // bytes
}

// WriteFile makes or replaces a file under the item's Files folder. A new file's content shows at once when it is
// complete; a file that is replaced is empty for readers meanwhile, since OneLake makes it anew first.
func (o *OneLake) WriteFile(ctx context.Context, item OneLakeItem, name string, data []byte) error {
	path, err := item.path(name)
	if err != nil {
		return err
	}
	do := func(method string, query url.Values, body []byte) error {
		_, err := o.api.Do(ctx, Call{Method: method, Path: path, Query: query, Body: body})
		return err
	}
	if err := do(http.MethodPut, url.Values{"resource": {"file"}}, nil); err != nil {
		return err
	}
	position := 0
	for position < len(data) {
		chunk := data[position:min(position+oneLakeChunk, len(data))]
		if err := do(http.MethodPatch, atPosition("append", position), chunk); err != nil {
			return err
		}
		position += len(chunk)
	}
	return do(http.MethodPatch, atPosition("flush", position), nil)
}

func atPosition(action string, position int) url.Values {
	return url.Values{"action": {action}, "position": {strconv.Itoa(position)}}
}

// ReadFile gives a file's content, at most 16 MiB.
func (o *OneLake) ReadFile(ctx context.Context, item OneLakeItem, name string) ([]byte, error) {
	path, err := item.path(name)
	if err != nil {
		return nil, err
	}
	answer, err := o.api.Do(ctx, Call{Path: path})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// DeleteFile drops a file.
func (o *OneLake) DeleteFile(ctx context.Context, item OneLakeItem, name string) error {
	path, err := item.path(name)
	if err != nil {
		return err
	}
	_, err = o.api.Do(ctx, Call{Method: http.MethodDelete, Path: path})
	return err
}

// ListFiles gives the entries of a folder under the item's Files folder, "." for that folder itself, over as many
// pages as OneLake makes of them.
func (o *OneLake) ListFiles(ctx context.Context, item OneLakeItem, folder string) ([]OneLakeFile, error) {
	path, err := item.path(folder)
	if err != nil {
		return nil, err
	}
	query := url.Values{
		"resource": {"filesystem"}, "recursive": {"false"}, "directory": {strings.Join(path[1:], "/")},
	}
	files := []OneLakeFile{} // an empty folder is [] in JSON, not null
	for range maxPages {
		var page oneLakePage
		answer, err := o.api.Do(ctx, Call{Path: path[:1], Query: query, Into: &page})
		if err != nil {
			return nil, err
		}
		files = append(files, page.files()...)
		next := answer.Header.Get("X-Ms-Continuation")
		if next == "" {
			return files, nil
		}
		query.Set("continuation", next)
	}
	return nil, fmt.Errorf("listing %s in OneLake: it has over %d pages", folder, maxPages)
}

type oneLakePage struct {
	Paths []struct {
		Name          string `json:"name"`
		IsDirectory   any    `json:"isDirectory"`   // "true" in the API's own form
		ContentLength any    `json:"contentLength"` // digits in a string
	} `json:"paths"`
}

func (p oneLakePage) files() []OneLakeFile {
	files := make([]OneLakeFile, 0, len(p.Paths))
	for _, entry := range p.Paths {
		_, name, found := strings.Cut(entry.Name, "/Files/")
		if !found {
			name = entry.Name
		}
		size, _ := strconv.ParseInt(fmt.Sprint(entry.ContentLength), 10, 64)
		files = append(files, OneLakeFile{Name: name, Directory: fmt.Sprint(entry.IsDirectory) == "true", Size: size})
	}
	return files
}

// path gives the segments of a file's path, the workspace first. A name that leaves the Files folder is refused.
func (i OneLakeItem) path(name string) ([]string, error) {
	if !fs.ValidPath(name) || strings.Contains(name, `\`) {
		return nil, fmt.Errorf("in OneLake: the file name %q is not a path inside the item's Files folder, such as a/b.csv",
			name)
	}
	path := []string{i.Workspace, i.Item, "Files"}
	if name != "." {
		path = append(path, strings.Split(name, "/")...)
	}
	return path, nil
}
