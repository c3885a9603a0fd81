package fabrictest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fabgen/fabgen/runtime/entratest"
)

// Bounds of the local OneLake.
const (
	maxFile    = 64 << 20  // bytes of a file
	maxPending = 256 << 20 // bytes that were appended and not flushed, of all files
	maxPath    = 1024      // bytes of a path
	maxName    = 255       // bytes of one name in it
)

// oneLake is the part of the Data Lake Storage API (version 2) that OneLake clients use. Paths are
// /{workspace}/{item}/Files/… or /{workspace}/{item}/Tables/….
//
// A file is made with PUT, which empties one that is there, grows with PATCH append, and shows what was appended after
// PATCH flush. https://learn.microsoft.com/rest/api/storageservices/data-lake-storage-gen2
type oneLake struct {
	// may says whether the token's owner may read or write what is an item's. Nil lets everybody.
	may func(token *entratest.Token, workspace, item string, write bool) bool

	mu       sync.Mutex
	tree     tree
	pageSize int
	last     time.Time // of the last change
	pending  map[string]*pending
	unsaved  int // bytes in pending
}

// pending is what was appended to a file, by position.
type pending struct{ chunks map[int64][]byte }

func newOneLake(folder string) (*oneLake, error) {
	o := &oneLake{tree: newMemory(), pageSize: 100, pending: map[string]*pending{}}
	if folder == "" {
		return o, nil
	}
	tree, err := openDisk(folder)
	if err != nil {
		return nil, err
	}
	o.tree = tree
	return o, nil
}

// refusal is an error of the API.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func refuse(status int, code, message string) error { return &refusal{status, code, message} }

func (o *oneLake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := o.serve(w, r)
	var known *refusal
	switch {
	case err == nil:
	case errors.As(err, &known):
		dfsError(w, known.status, known.code, known.message)
	case errors.Is(err, fs.ErrNotExist):
		dfsError(w, http.StatusNotFound, "PathNotFound", "There is nothing at this path.")
	case errors.Is(err, errFull):
		dfsError(w, http.StatusInsufficientStorage, "InsufficientStorage", err.Error())
	default:
		dfsError(w, http.StatusInternalServerError, "InternalError", "The local OneLake's disk says: "+err.Error())
	}
}

func (o *oneLake) serve(w http.ResponseWriter, r *http.Request) error {
	name, query := strings.TrimPrefix(r.URL.Path, "/"), r.URL.Query()
	if r.Method == http.MethodGet && query.Get("resource") == "filesystem" {
		return o.list(w, r, name, query)
	}
	parts, err := parsePath(name)
	if err != nil {
		return err
	}
	write := r.Method != http.MethodGet && r.Method != http.MethodHead
	if write && len(parts) < 4 {
		return refuse(http.StatusBadRequest, "InvalidUri", "The folders Files and Tables of an item are Fabric's own to make and drop.")
	}
	if err := o.allow(r, parts[0], parts[1], write); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile))
	if err != nil {
		return refuse(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", fmt.Sprintf("A call may bring %d bytes at most.", maxFile))
	}
	if !write {
		return o.read(w, r, name)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch r.Method {
	case http.MethodPut:
		return o.create(w, r, name, query)
	case http.MethodPatch:
		return o.patch(w, r, name, query, body)
	case http.MethodDelete:
		return o.delete(w, r, name, query)
	}
	return refuse(http.StatusMethodNotAllowed, "UnsupportedHttpVerb", "The local OneLake has no "+r.Method+".")
}

// parsePath wants a workspace, an item, Files or Tables, and perhaps names below it.
func parsePath(name string) ([]string, error) {
	parts := strings.Split(name, "/")
	ok := len(parts) >= 3 && (parts[2] == "Files" || parts[2] == "Tables") && len(name) <= maxPath && fs.ValidPath(name) &&
		!strings.ContainsAny(name, "\\\x00")
	for _, part := range parts {
		ok = ok && len(part) <= maxName
	}
	if !ok {
		return nil, refuse(http.StatusBadRequest, "InvalidUri", "A path is /workspace/item/Files/name, or /workspace/item/Tables/name.")
	}
	return parts, nil
}

func (o *oneLake) allow(r *http.Request, workspace, item string, write bool) error {
	token, _ := r.Context().Value(tokenKey{}).(*entratest.Token)
	if o.may == nil || o.may(token, workspace, item, write) {
		return nil
	}
	return refuse(http.StatusForbidden, "AuthorizationPermissionMismatch", "The caller's role in the workspace does not allow this.")
}

// create makes a file or a folder, or gives one another path.
func (o *oneLake) create(w http.ResponseWriter, r *http.Request, name string, query url.Values) error {
	kind, source := query.Get("resource"), r.Header.Get("X-Ms-Rename-Source")
	if source == "" && kind != "file" && kind != "directory" {
		return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "resource is file or directory.")
	}
	found, err := o.condition(r, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	there := err == nil
	if err := o.checkParents(name); err != nil {
		return err
	}
	switch {
	case source != "":
		err = o.move(source, name, there, found)
	case there && found.folder != (kind == "directory"):
		return conflict(name)
	case kind == "directory":
		err = o.tree.mkdir(name, o.now())
	default:
		o.forget(name)
		err = o.tree.write(name, nil, o.now())
	}
	if err != nil {
		return err
	}
	return o.changed(w, name, http.StatusCreated)
}

func conflict(name string) error {
	return refuse(http.StatusConflict, "PathConflict", "A file stands where "+name+" wants a folder, or a folder where it wants a file.")
}

// checkParents holds that what a path is in are folders, as far as they are there.
func (o *oneLake) checkParents(name string) error {
	for parent := path.Dir(name); parent != "."; parent = path.Dir(parent) {
		if found, err := o.tree.stat(parent); err == nil && !found.folder {
			return conflict(name)
		}
	}
	return nil
}

// move renames within an item.
func (o *oneLake) move(source, name string, there bool, found entry) error {
	source, _, _ = strings.Cut(source, "?")
	from, err := url.PathUnescape(strings.TrimPrefix(source, "/"))
	if err != nil {
		return refuse(http.StatusBadRequest, "InvalidRenameSourcePath", "x-ms-rename-source is no path.")
	}
	parts, err := parsePath(from)
	to := strings.Split(name, "/")
	if err != nil || len(parts) < 4 || parts[0] != to[0] || parts[1] != to[1] || within(name, from) {
		return refuse(http.StatusBadRequest, "InvalidRenameSourcePath",
			"x-ms-rename-source is another path of the same item, such as /workspace/item/Files/name.")
	}
	moved, err := o.tree.stat(from)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse(http.StatusNotFound, "SourcePathNotFound", "There is nothing at the path of x-ms-rename-source.")
	case err != nil:
		return err
	case there && (found.folder || moved.folder):
		return refuse(http.StatusConflict, "PathAlreadyExists", "A folder is not replaced: delete it first.")
	}
	o.forget(from)
	o.forget(name)
	return o.tree.rename(from, name)
}

func (o *oneLake) patch(w http.ResponseWriter, r *http.Request, name string, query url.Values, body []byte) error {
	found, err := o.condition(r, name)
	switch {
	case err != nil:
		return err
	case found.folder:
		return conflict(name)
	}
	position, err := strconv.ParseInt(query.Get("position"), 10, 64)
	if err != nil || position < found.size {
		return misplaced("position")
	}
	switch query.Get("action") {
	case "append":
		if err := o.append(name, position, body); err != nil {
			return err
		}
		if query.Get("flush") != "true" {
			w.WriteHeader(http.StatusAccepted)
			return nil
		}
		position += int64(len(body))
	case "flush":
	default:
		return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "action is append or flush.")
	}
	if err := o.flush(found, position); err != nil {
		return err
	}
	return o.changed(w, name, http.StatusOK)
}

func misplaced(what string) error {
	return refuse(http.StatusBadRequest, "InvalidFlushPosition", what+" is not where the file, with what was appended to it, ends.")
}

func (o *oneLake) append(name string, position int64, body []byte) error {
	if position+int64(len(body)) > maxFile || o.unsaved+len(body) > maxPending {
		return refuse(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge",
			fmt.Sprintf("A file may have %d bytes here, and what is not flushed of all files %d.", maxFile, maxPending))
	}
	p := o.pending[name]
	if p == nil {
		p = &pending{map[int64][]byte{}}
		o.pending[name] = p
	}
	o.unsaved += len(body) - len(p.chunks[position])
	p.chunks[position] = body
	return nil
}

// flush saves what was appended, which ends at position. Chunks may have come in any order; a gap between them is an
// error.
func (o *oneLake) flush(found entry, position int64) error {
	content, err := o.content(found.path)
	if err != nil {
		return err
	}
	for at := found.size; at < position; at = int64(len(content)) {
		var chunk []byte
		if p := o.pending[found.path]; p != nil {
			chunk = p.chunks[at]
		}
		if len(chunk) == 0 {
			return misplaced("position")
		}
		content = append(content, chunk...)
	}
	if int64(len(content)) != position {
		return misplaced("position")
	}
	if err := o.tree.write(found.path, content, o.now()); err != nil {
		return err
	}
	o.forget(found.path)
	return nil
}

func (o *oneLake) content(name string) ([]byte, error) {
	file, err := o.tree.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

// forget drops what was appended to a file, or to files in a folder.
func (o *oneLake) forget(name string) {
	for other, p := range o.pending {
		if within(other, name) {
			for _, chunk := range p.chunks {
				o.unsaved -= len(chunk)
			}
			delete(o.pending, other)
		}
	}
}

func (o *oneLake) read(w http.ResponseWriter, r *http.Request, name string) error {
	found, file, err := o.look(name)
	if err != nil {
		return err
	}
	describe(w.Header(), found)
	if found.folder {
		if r.Method == http.MethodGet {
			return conflict(name)
		}
		w.WriteHeader(http.StatusOK)
		return nil
	}
	defer file.Close()
	if wanted := r.Header.Get("X-Ms-Range"); wanted != "" {
		r.Header.Set("Range", wanted)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", found.modified, file) // heeds Range, If-Match and the like
	return nil
}

// look gives what is at a path, and a file's content as it is now, whatever becomes of the file meanwhile.
func (o *oneLake) look(name string) (entry, io.ReadSeekCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	found, err := o.tree.stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.Count(name, "/") == 2: // an item's own folders are there from the beginning
		return entry{path: name, folder: true, modified: time.Unix(0, 0)}, nil, nil
	case err != nil || found.folder:
		return found, nil, err
	}
	file, err := o.tree.open(name)
	return found, file, err
}

func (o *oneLake) delete(w http.ResponseWriter, r *http.Request, name string, query url.Values) error {
	found, err := o.condition(r, name)
	if err != nil {
		return err
	}
	if found.folder && query.Get("recursive") != "true" {
		inside, err := o.tree.walk(name, false)
		if err != nil {
			return err
		}
		if len(inside) > 0 {
			return refuse(http.StatusConflict, "DirectoryNotEmpty", "The folder is not empty; recursive=true deletes what is in it too.")
		}
	}
	o.forget(name)
	if err := o.tree.remove(name); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// condition heeds If-Match and If-None-Match of a change, and gives what is there.
func (o *oneLake) condition(r *http.Request, name string) (entry, error) {
	found, err := o.tree.stat(name)
	there := err == nil
	match, none := r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	switch {
	case none == "*" && there:
		return entry{}, refuse(http.StatusConflict, "PathAlreadyExists", "There is something at this path.")
	case none != "" && there && none == found.etag(), match != "" && (!there || match != "*" && match != found.etag()):
		return entry{}, refuse(http.StatusPreconditionFailed, "ConditionNotMet", "What is at this path is another version.")
	}
	return found, err
}

// now is a time after that of the last change, so that no two versions of a file have one ETag. Its unit is one that
// file systems keep.
func (o *oneLake) now() time.Time {
	now := time.Now().Truncate(time.Microsecond)
	if !now.After(o.last) {
		now = o.last.Add(time.Microsecond)
	}
	o.last = now
	return now
}

// changed answers a change with the version that it has made.
func (o *oneLake) changed(w http.ResponseWriter, name string, status int) error {
	found, err := o.tree.stat(name)
	if err != nil {
		return err
	}
	describe(w.Header(), found)
	w.WriteHeader(status)
	return nil
}

func describe(h http.Header, e entry) {
	h.Set("ETag", e.etag())
	h.Set("Last-Modified", e.modified.UTC().Format(http.TimeFormat))
	h.Set("X-Ms-Resource-Type", map[bool]string{true: "directory", false: "file"}[e.folder])
}

func (e entry) etag() string { return fmt.Sprintf(`"0x%X"`, e.modified.UnixMicro()) }

func (o *oneLake) file(name string) ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	content, err := o.content(strings.TrimPrefix(name, "/"))
	return content, err == nil
}

func (o *oneLake) put(name string, content []byte) error {
	name = strings.TrimPrefix(name, "/")
	if _, err := parsePath(name); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.checkParents(name); err != nil {
		return err
	}
	return o.tree.write(name, content, o.now())
}

// drop deletes all that is an item's.
func (o *oneLake) drop(workspaceID, itemID string) error {
	name := workspaceID + "/" + itemID
	if !fs.ValidPath(name) {
		return nil // no file can be there
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(name)
	return o.tree.remove(name)
}
