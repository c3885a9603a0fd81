package fabrictest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/entratest"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// onEachLake runs a test over a OneLake in memory, and over one on the disk.
func onEachLake(t *testing.T, test func(*testing.T, *bench)) {
	t.Run("memory", func(t *testing.T) { test(t, newBench(t)) })
	t.Run("disk", func(t *testing.T) { test(t, onDisk(t, filepath.Join(t.TempDir(), "made", "lake"))) })
}

func onDisk(t *testing.T, folder string) *bench {
	t.Helper()
	entra := entratest.New(t)
	s, err := fabrictest.Start(fabrictest.Options{Entra: entra, TenantID: entra.Options.TenantID,
		ClientID: entra.Options.ClientID, OneLakeDir: folder})
	must(t, err)
	t.Cleanup(s.Close)
	return &bench{Server: s, entra: entra}
}

// dfsStep is one call of OneLake and what it gets.
type dfsStep struct {
	method, path, body string
	status             int
	want               string // the answer's body, or from 400 on its error code
}

func (b *bench) steps(t *testing.T, steps []dfsStep) {
	t.Helper()
	for i, s := range steps {
		answer := b.want(t, s.status, s.method, b.OneLakeURL+s.path, fabrictest.OneLakeURI, s.body)
		got := string(answer.Body)
		if s.status >= 400 {
			got = answer.Header.Get("X-Ms-Error-Code")
			var body struct {
				Error struct{ Code, Message string }
			}
			must(t, answer.JSON(&body))
			if body.Error.Code != got || body.Error.Message == "" {
				t.Errorf("step %d: the header says %q and the body %s", i, got, answer.Body)
			}
		}
		if got != s.want {
			t.Errorf("step %d: %s %s: %q, want %q", i, s.method, s.path, got, s.want)
		}
	}
}

// with makes a call of OneLake with headers, each "Name: value".
func (b *bench) with(t *testing.T, method, path string, headers ...string) *fabrictest.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.OneLakeURL+path, nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+b.user(fabrictest.OneLakeURI))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	answer, err := fabrictest.Send(b.entra.Client(), req)
	must(t, err)
	return answer
}

func appendAt(file string, position int) string {
	return fmt.Sprintf("%s?action=append&position=%d", file, position)
}

func flushAt(file string, position int) string {
	return fmt.Sprintf("%s?action=flush&position=%d", file, position)
}

// Readers see what was appended when it is flushed.
func TestFileIsWrittenInSteps(t *testing.T) {
	const file = "/My%20workspace/Sales.Lakehouse/Files/a%20b/%C3%BC.txt"
	onEachLake(t, func(t *testing.T, b *bench) {
		b.steps(t, []dfsStep{
			{"GET", file, "", 404, "PathNotFound"},
			{"PATCH", appendAt(file, 0), "x", 404, "PathNotFound"},
			{"PUT", file + "?resource=file", "", 201, ""},
			{"GET", file, "", 200, ""},
			{"PATCH", appendAt(file, 0), "hello ", 202, ""},
			{"PATCH", file + "?action=append&position=x", "x", 400, "InvalidFlushPosition"},
			{"PATCH", appendAt(file, -1), "x", 400, "InvalidFlushPosition"},
			{"PATCH", appendAt(file, 11), "!", 202, ""}, // chunks may come in any order
			{"PATCH", flushAt(file, 12), "", 400, "InvalidFlushPosition"},
			{"PATCH", appendAt(file, 6), "world", 202, ""},
			{"GET", file, "", 200, ""},
			{"PATCH", flushAt(file, 8), "", 400, "InvalidFlushPosition"},
			{"PATCH", file + "?action=setProperties&position=12", "", 400, "InvalidQueryParameterValue"},
			{"PATCH", flushAt(file, 12), "", 200, ""},
			{"GET", file, "", 200, "hello world!"},
			{"PATCH", flushAt(file, 12), "", 200, ""},
			{"PATCH", appendAt(file, 11), "x", 400, "InvalidFlushPosition"},
			{"PATCH", appendAt(file, 12) + "&flush=true", "!", 200, ""},
			{"GET", file, "", 200, "hello world!!"},
			{"PATCH", appendAt(file, 13), "lost", 202, ""},
			{"PUT", file + "?resource=file", "", 201, ""},
			{"GET", file, "", 200, ""},
			{"PATCH", flushAt(file, 4), "", 400, "InvalidFlushPosition"},
			{"DELETE", file, "", 200, ""},
			{"DELETE", file, "", 404, "PathNotFound"},
			{"GET", file, "", 404, "PathNotFound"},
		})
	})
}

func TestFilesOfATest(t *testing.T) {
	const path = "w/i.Lakehouse/Files/a.csv"
	onEachLake(t, func(t *testing.T, b *bench) {
		if _, ok := b.File(path); ok {
			t.Error("there is a file that nobody has put there")
		}
		content := []byte("a,b")
		b.PutFile("/"+path, content)
		content[0] = 'X' // the server's copy is its own
		b.steps(t, []dfsStep{{"GET", "/" + path, "", 200, "a,b"}})
		got, ok := b.File(path)
		if !ok || string(got) != "a,b" {
			t.Errorf("File: %q, %t", got, ok)
		}
		got[0] = 'X'
		if again, _ := b.File("/" + path); string(again) != "a,b" {
			t.Errorf("File: %q after a change of what it gave", again)
		}
		head := b.want(t, 200, http.MethodHead, b.OneLakeURL+"/"+path, fabrictest.OneLakeURI, "")
		if len(head.Body) != 0 || head.Header.Get("Content-Length") != "3" || head.Header.Get("X-Ms-Resource-Type") != "file" ||
			head.Header.Get("ETag") == "" || head.Header.Get("Last-Modified") == "" {
			t.Errorf("HEAD: %v %q", head.Header, head.Body)
		}
		defer func() {
			if recover() == nil {
				t.Error("a file is put below another")
			}
		}()
		b.PutFile(path+"/x", nil)
	})
}

func TestPathsThatAreNoFile(t *testing.T) {
	b := newBench(t)
	long := "/w/i/Files/" + strings.Repeat("x", 256)
	for _, path := range []string{"/w", "/w/i", "/w/i/Files/", "/w/i/Else/t", "/w/i/Files/a//b", "/w//Files/a", "/w/i/Files/%2e%2e/x",
		"/w/i/Files/a/..", "/%2e%2e/i/Files/a", "/w/i/Files/a%5Cb", "/w/i/Files/a%00", long, "/w/i/Files" + strings.Repeat("/abcdefghi", 110)} {
		for method, query := range map[string]string{"PUT": "?resource=file", "GET": "", "DELETE": "",
			"PATCH": "?action=append&position=0"} {
			b.steps(t, []dfsStep{{method, path + query, "", 400, "InvalidUri"}})
		}
	}
	b.steps(t, []dfsStep{
		{"PUT", "/w/i/Files/a", "", 400, "InvalidQueryParameterValue"},
		{"PUT", "/w/i/Files?resource=directory", "", 400, "InvalidUri"},
		{"DELETE", "/w/i/Files?recursive=true", "", 400, "InvalidUri"},
		{"POST", "/w/i/Files/a", "", 405, "UnsupportedHttpVerb"},
		{"HEAD", "/w/i/Files", "", 200, ""},
	})
}

func TestTooLargeAFile(t *testing.T) {
	b := newBench(t)
	const file = "/w/i/Files/a"
	b.steps(t, []dfsStep{
		{"PUT", file + "?resource=file", "", 201, ""},
		{"PATCH", appendAt(file, 0), "x", 202, ""},
		{"PATCH", appendAt(file, 1), strings.Repeat("x", 64<<20), 413, "RequestBodyTooLarge"},
		{"PATCH", appendAt(file, 1), strings.Repeat("x", 64<<20+1), 413, "RequestBodyTooLarge"},
		{"PATCH", flushAt(file, 1), "", 200, ""},
	})
	for i := range 5 { // what nobody flushes is bounded too
		name := fmt.Sprintf("/w/i/Files/%d", i)
		status, code := 202, ""
		if i == 4 {
			status, code = 413, "RequestBodyTooLarge"
		}
		b.steps(t, []dfsStep{
			{"PUT", name + "?resource=file", "", 201, ""},
			{"PATCH", appendAt(name, 0), strings.Repeat("x", 64<<20), status, code},
		})
	}
	b.steps(t, []dfsStep{{"DELETE", "/w/i/Files/0", "", 200, ""}, {"PATCH", appendAt("/w/i/Files/4", 0), "x", 202, ""}})
}

func TestFolders(t *testing.T) {
	const folder = "/w/i/Files/folder"
	onEachLake(t, func(t *testing.T, b *bench) {
		b.steps(t, []dfsStep{
			{"PUT", folder + "/deep?resource=directory", "", 201, ""},
			{"PUT", folder + "?resource=directory", "", 201, ""},
			{"HEAD", folder + "/deep", "", 200, ""},
			{"GET", folder, "", 409, "PathConflict"},
			{"PUT", folder + "?resource=file", "", 409, "PathConflict"},
			{"PATCH", appendAt(folder, 0), "", 409, "PathConflict"},
			{"PUT", folder + "/a?resource=file", "", 201, ""},
			{"PUT", folder + "/a?resource=directory", "", 409, "PathConflict"},
			{"PUT", folder + "/a/b?resource=file", "", 409, "PathConflict"},
			{"GET", folder + "/a/b", "", 404, "PathNotFound"},
			{"DELETE", folder, "", 409, "DirectoryNotEmpty"},
			{"DELETE", folder + "/deep", "", 200, ""},
			{"DELETE", folder + "?recursive=true", "", 200, ""},
			{"GET", folder + "/a", "", 404, "PathNotFound"},
		})
	})
}

func TestRename(t *testing.T) {
	onEachLake(t, func(t *testing.T, b *bench) {
		b.PutFile("w/i/Files/folder/a b", []byte("a"))
		b.PutFile("w/i/Files/other", []byte("o"))
		for _, c := range []struct {
			source, to string
			status     int
			code       string
		}{
			{"/w/i/Files/folder/a%20b?sig=x", "/w/i/Files/new/c", 201, ""},
			{"/w/i/Files/folder/a%20b", "/w/i/Files/d", 404, "SourcePathNotFound"},
			{"/w/i/Files/new", "/w/i/Files/moved", 201, ""},
			{"/w/i/Files/moved", "/w/i/Files/moved/in", 400, "InvalidRenameSourcePath"},
			{"/w/i/Files/moved", "/w/i/Files/other", 409, "PathAlreadyExists"},
			{"/w/j/Files/other", "/w/i/Files/d", 400, "InvalidRenameSourcePath"},
			{"/w/i/Files", "/w/i/Files/d", 400, "InvalidRenameSourcePath"},
			{"%zz", "/w/i/Files/d", 400, "InvalidRenameSourcePath"},
			{"/w/i/Files/moved/c", "/w/i/Files/other/d", 409, "PathConflict"},
			{"/w/i/Files/moved/c", "/w/i/Files/other", 201, ""},
		} {
			answer := b.with(t, "PUT", c.to, "x-ms-rename-source: "+c.source)
			if code := answer.Header.Get("X-Ms-Error-Code"); answer.Status != c.status || code != c.code {
				t.Errorf("%s to %s: %d %s %s", c.source, c.to, answer.Status, code, answer.Body)
			}
		}
		if got, ok := b.File("w/i/Files/other"); !ok || string(got) != "a" {
			t.Errorf("at the end there is %q", got)
		}
	})
}

// A version that somebody else has made meanwhile is neither read as the old one nor overwritten.
func TestConditions(t *testing.T) {
	const file = "/w/i/Files/a"
	onEachLake(t, func(t *testing.T, b *bench) {
		old := b.with(t, "PUT", file+"?resource=file", "If-None-Match: *").Header.Get("ETag")
		b.PutFile(file, []byte("new"))
		now := b.with(t, "HEAD", file).Header.Get("ETag")
		if old == "" || old == now {
			t.Errorf("two versions have the ETags %s and %s", old, now)
		}
		for _, c := range []struct {
			method, query, header string
			status                int
		}{
			{"PUT", "?resource=file", "If-None-Match: *", 409},
			{"PUT", "?resource=file", "If-Match: " + old, 412},
			{"PATCH", "?action=flush&position=3", "If-Match: " + old, 412},
			{"DELETE", "", "If-Match: " + old, 412},
			{"GET", "", "If-Match: " + old, 412},
			{"GET", "", "If-None-Match: " + now, 304},
			{"GET", "", "If-None-Match: " + old, 200},
			{"PATCH", "?action=flush&position=3", "If-Match: " + now, 200},
			{"DELETE", "", "If-Match: *", 200},
			{"DELETE", "", "If-Match: *", 412},
		} {
			if answer := b.with(t, c.method, file+c.query, c.header); answer.Status != c.status {
				t.Errorf("%s%s with %s: %d %s, want %d", c.method, c.query, c.header, answer.Status, answer.Body, c.status)
			}
		}
	})
}

func TestRangeRead(t *testing.T) {
	onEachLake(t, func(t *testing.T, b *bench) {
		b.PutFile("w/i/Files/a", []byte("0123456789"))
		for header, want := range map[string]string{"Range: bytes=2-4": "206 234", "x-ms-range: bytes=8-": "206 89", "Range: bytes=-1": "206 9",
			"Range: bytes=20-": "416 "} {
			answer := b.with(t, "GET", "/w/i/Files/a", header)
			body := string(answer.Body)
			if answer.Status == http.StatusRequestedRangeNotSatisfiable {
				body = ""
			}
			if got := fmt.Sprint(answer.Status, " ", body); got != want {
				t.Errorf("%s: %q, want %q", header, got, want)
			}
		}
	})
}

func TestListing(t *testing.T) {
	onEachLake(t, func(t *testing.T, b *bench) {
		for _, name := range []string{"b", "a", "folder/x", "folder/y", "folder/deep/z", "c"} {
			b.PutFile("w/i/Files/"+name, []byte(name))
		}
		b.PutFile("w/other/Files/d", nil)
		b.PutFile("v/i/Files/e", nil)
		for query, want := range map[string]string{
			"i/Files":                       "i/Files/a=1 i/Files/b=1 | i/Files/c=1 i/Files/folder/ | ",
			"/i/Files/":                     "i/Files/a=1 i/Files/b=1 | i/Files/c=1 i/Files/folder/ | ",
			"i/Files/folder":                "i/Files/folder/deep/ i/Files/folder/x=8 | i/Files/folder/y=8 | ",
			"i/Files/folder/deep":           "i/Files/folder/deep/z=13 | ",
			"i/Files/folder&recursive=true": "i/Files/folder/deep/ i/Files/folder/deep/z=13 | i/Files/folder/x=8 i/Files/folder/y=8 | ",
			"i/Tables":                      "| ",
			"i":                             "i/Files/ | ",
			"j/Files":                       "| ",
		} {
			if got := b.listing(t, query); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		b.steps(t, []dfsStep{
			{"GET", "/w?resource=filesystem&directory=i/Files/fold", "", 404, "PathNotFound"},
			{"GET", "/w?resource=filesystem&directory=i/Files/a/b", "", 404, "PathNotFound"},
			{"GET", "/w?resource=filesystem", "", 400, "InvalidQueryParameterValue"},
			{"GET", "/w?resource=filesystem&directory=../v/i", "", 400, "InvalidQueryParameterValue"},
			{"GET", "/w?resource=filesystem&directory=i&continuation=!", "", 400, "InvalidQueryParameterValue"},
		})
	})
}

// listing gives the entries of a folder, in pages of two: sizes after =, folders with a slash, pages ending with |.
func (b *bench) listing(t *testing.T, folder string) string {
	t.Helper()
	b.SetPageSize(2)
	address := b.OneLakeURL + "/w?resource=filesystem&directory=" + folder + "&continuation="
	out := ""
	for next, more := "", true; more; more = next != "" {
		answer := b.want(t, 200, http.MethodGet, address+next, fabrictest.OneLakeURI, "")
		var page struct {
			Paths []struct{ Name, ContentLength, IsDirectory, ETag string }
		}
		must(t, answer.JSON(&page))
		for _, entry := range page.Paths {
			if entry.ETag == "" {
				t.Errorf("%s has no version", entry.Name)
			}
			if entry.IsDirectory == "true" {
				out += entry.Name + "/ "
				continue
			}
			out += entry.Name + "=" + entry.ContentLength + " "
		}
		out += "| "
		next = answer.Header.Get("X-Ms-Continuation")
	}
	return out
}

// What is on the disk outlives the server, and nothing outside of its folder is reached.
func TestDisk(t *testing.T) {
	dir := t.TempDir()
	first := onDisk(t, dir)
	first.PutFile("w/i/Files/a", []byte("kept"))
	first.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, []byte("secret"), 0o600))
	must(t, os.Symlink(secret, filepath.Join(dir, "w/i/Files/link")))
	b := onDisk(t, dir)
	b.steps(t, []dfsStep{{"GET", "/w/i/Files/a", "", 200, "kept"}})
	if answer := b.with(t, "GET", "/w/i/Files/link"); answer.Status < 400 || strings.Contains(string(answer.Body), "secret") {
		t.Errorf("a link leads out: %d %s", answer.Status, answer.Body)
	}
	if got := b.listing(t, "i/Files"); got != "i/Files/a=4 | " {
		t.Errorf("there are %s", got)
	}
	must(t, b.RemoveItem("w", "i"))
	if _, err := os.Stat(filepath.Join(dir, "w", "i")); !os.IsNotExist(err) {
		t.Errorf("an item that is gone leaves its files: %v", err)
	}
	if _, err := os.Stat(secret); err != nil {
		t.Errorf("a file outside is gone: %v", err)
	}
	if _, err := fabrictest.Start(fabrictest.Options{Entra: b.entra, OneLakeDir: secret}); err == nil {
		t.Error("a file serves as a folder")
	}
}
