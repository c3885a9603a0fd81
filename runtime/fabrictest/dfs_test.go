package fabrictest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

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

// Readers see what a file was before, until what was appended is flushed.
func TestFileIsWrittenInSteps(t *testing.T) {
	b := newBench(t)
	const file = "/My%20workspace/Sales.Lakehouse/Files/a%20b/%C3%BC.txt"
	appendAt := func(position int) string { return fmt.Sprintf("%s?action=append&position=%d", file, position) }
	flushAt := func(position int) string { return fmt.Sprintf("%s?action=flush&position=%d", file, position) }
	b.steps(t, []dfsStep{
		{"GET", file, "", 404, "PathNotFound"},
		{"PATCH", appendAt(0), "x", 404, "PathNotFound"},
		{"PUT", file + "?resource=file", "", 201, ""},
		{"PATCH", appendAt(0), "hello ", 202, ""},
		{"PATCH", appendAt(5), "x", 400, "InvalidFlushPosition"},
		{"PATCH", file + "?action=append&position=x", "x", 400, "InvalidFlushPosition"},
		{"PATCH", appendAt(6), "world", 202, ""},
		{"GET", file, "", 404, "PathNotFound"},
		{"PATCH", flushAt(6), "", 400, "InvalidFlushPosition"},
		{"PATCH", file + "?action=setProperties&position=11", "", 400, "InvalidQueryParameterValue"},
		{"PATCH", flushAt(11), "", 200, ""},
		{"GET", file, "", 200, "hello world"},
		{"PATCH", flushAt(11), "", 404, "PathNotFound"},
		{"PUT", file + "?resource=file", "", 201, ""},
		{"GET", file, "", 200, "hello world"},
		{"PATCH", flushAt(0), "", 200, ""},
		{"GET", file, "", 200, ""},
		{"DELETE", file, "", 200, ""},
		{"DELETE", file, "", 404, "PathNotFound"},
		{"GET", file, "", 404, "PathNotFound"},
	})
}

func TestFilesOfATest(t *testing.T) {
	b := newBench(t)
	const path = "w/i.Lakehouse/Files/a.csv"
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
	if len(head.Body) != 0 || head.Header.Get("Content-Length") != "3" {
		t.Errorf("HEAD: %v %q", head.Header, head.Body)
	}
}

func TestPathsThatAreNoFile(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/w", "/w/i", "/w/i/Files", "/w/i/Files/", "/w/i/Tables/t", "/w/i/Files/a//b",
		"/w//Files/a", "/w/i/Files/%2e%2e/x", "/w/i/Files/a/.."} {
		for method, query := range map[string]string{"PUT": "?resource=file", "GET": "", "DELETE": "",
			"PATCH": "?action=append&position=0"} {
			b.steps(t, []dfsStep{{method, path + query, "", 400, "InvalidUri"}})
		}
	}
	b.steps(t, []dfsStep{
		{"PUT", "/w/i/Files/folder?resource=directory", "", 405, "UnsupportedHttpVerb"},
		{"POST", "/w/i/Files/a", "", 405, "UnsupportedHttpVerb"},
	})
}

func TestTooLargeAFile(t *testing.T) {
	b := newBench(t)
	b.steps(t, []dfsStep{
		{"PUT", "/w/i/Files/a?resource=file", "", 201, ""},
		{"PATCH", "/w/i/Files/a?action=append&position=0", "x", 202, ""},
		{"PATCH", "/w/i/Files/a?action=append&position=1", strings.Repeat("x", 64<<20), 413, "RequestBodyTooLarge"},
		{"PATCH", "/w/i/Files/a?action=flush&position=1", "", 200, ""},
	})
}

func TestListing(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"b", "a", "folder/x", "folder/y", "folder/deep/z", "c"} {
		b.PutFile("w/i/Files/"+name, []byte(name))
	}
	b.PutFile("w/other/Files/d", nil)
	b.PutFile("v/i/Files/e", nil)
	b.steps(t, []dfsStep{{"PUT", "/w/i/Files/pending?resource=file", "", 201, ""}}) // not flushed, not there yet
	for folder, want := range map[string]string{
		"i/Files":             "i/Files/a=1 i/Files/b=1 | i/Files/c=1 i/Files/folder/ | ",
		"/i/Files/":           "i/Files/a=1 i/Files/b=1 | i/Files/c=1 i/Files/folder/ | ",
		"i/Files/folder":      "i/Files/folder/deep/ i/Files/folder/x=8 | i/Files/folder/y=8 | ",
		"i/Files/folder/deep": "i/Files/folder/deep/z=13 | ",
		"i/Files/fold":        "| ",
		"i":                   "i/Files/ | ",
	} {
		if got := b.listing(t, folder); got != want {
			t.Errorf("%s: %q, want %q", folder, got, want)
		}
	}
}

// listing gives the entries of a folder, in pages of two: sizes after =, folders with a slash, pages ending with |.
func (b *bench) listing(t *testing.T, folder string) string {
	t.Helper()
	b.SetPageSize(2)
	address := b.OneLakeURL + "/w?resource=filesystem&recursive=false&directory=" + folder + "&continuation="
	out := ""
	for next := "0"; next != ""; {
		answer := b.want(t, 200, http.MethodGet, address+next, fabrictest.OneLakeURI, "")
		var page struct {
			Paths []struct{ Name, ContentLength, IsDirectory string }
		}
		must(t, answer.JSON(&page))
		for _, entry := range page.Paths {
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
