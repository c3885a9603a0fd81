package portal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/internal/portal"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

func inFile(name string) func(*portal.Fabric) {
	return func(f *portal.Fabric) { f.File = name }
}

// What there was is there after a restart, in the same order and with the same versions.
func TestStateIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "made", "workspace.json")
	first := newBench(t, inFile(file))
	ids := []string{first.create("B"), first.create("A"), first.create("Gone")}
	run := first.run(ids[0])
	first.resolved("/scheduleArtifactJob", fmt.Sprintf(`{"artifactObjectId":%q,"artifactJobType":%q,"every":10}`, ids[1], jobType))
	first.resolved("deleteArtifact", fmt.Sprintf(`{"objectId":%q}`, ids[2]))
	first.resolved("updateArtifact", fmt.Sprintf(`{"objectId":%q,"payload":{"description":"D"}}`, ids[1]))
	want := first.resolved("/state", `{}`)

	var told []string
	second := newBench(t, inFile(file), func(f *portal.Fabric) {
		f.OnItem = func(_ fabrictest.Item, name string, gone bool) { told = append(told, fmt.Sprint(name, " ", gone)) }
	})
	second.backend.jobs, second.backend.payloads = first.backend.jobs, first.backend.payloads
	got := second.resolved("/state", `{}`)
	for _, kind := range []string{"artifacts", "jobs"} {
		if fmt.Sprint(got[kind]) != fmt.Sprint(want[kind]) {
			t.Errorf("%s: %v, want %v", kind, got[kind], want[kind])
		}
	}
	if s := got["schedules"].([]any); len(s) != 1 || s[0].(map[string]any)["every"] != 10.0 || s[0].(map[string]any)["artifactObjectId"] != ids[1] {
		t.Errorf("the schedules are %v", s)
	}
	if !slices.Equal(told, []string{"B false", "A false"}) {
		t.Errorf("told of %q", told)
	}
	second.end("Failed") // the job goes on
	second.resolved("getArtifactJobHistory", fmt.Sprintf(`{"objectId":%q}`, ids[0]))
	if got := second.jobs(); got != "Failed" {
		t.Errorf("the jobs are %s", got)
	}
	second.resolved("/deleteAsFabric", fmt.Sprintf(`{"objectId":%q}`, ids[1]))
	if second.calls("DELETE "+ids[1]+" subject= tenant=tenant-of-u") != 1 {
		t.Errorf("who has made an item is forgotten: %q", second.backend.calls)
	}
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), run) || strings.Contains(string(data), ids[1]) {
		t.Errorf("the file is %s, %v", data, err)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("beside the file there are %v, %v", left, err)
	}
}

// A file that cannot be read is told, and stays as it is.
func TestUnreadableFiles(t *testing.T) {
	item := `{"id":"i","type":"T"}`
	head := `{"version":1,"workspaceId":"` + workspace + `",`
	for name, c := range map[string]struct{ content, want string }{
		"cut off":              {head + `"items":[`, "no JSON of a workspace"},
		"nothing":              {"", "no JSON of a workspace"},
		"a later version":      {`{"version":2}`, "its version is 2"},
		"another workspace":    {`{"version":1,"workspaceId":"x"}`, `the workspace "x"`},
		"an item without ID":   {head + `"items":[{}]}`, "items[0]"},
		"an item twice":        {head + `"items":[` + item + `,` + item + `]}`, "items[1]"},
		"a job without item":   {head + `"items":[` + item + `],"jobs":[{"id":"j","type":"T","itemId":"k","state":{"status":"Failed"}}]}`, `its itemId is "k"`},
		"a job's status":       {head + `"items":[` + item + `],"jobs":[{"id":"j","type":"T","itemId":"i","state":{"status":"Odd"}}]}`, "jobs[0]"},
		"a schedule too often": {head + `"items":[` + item + `],"schedules":[{"id":"s","jobType":"T","itemId":"i"}]}`, "schedules[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "workspace.json")
			if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := portal.New(portal.Config{Origin: origin, Frontend: origin, Entra: &entra{},
				Fabric:   &portal.Fabric{WorkspaceID: workspace, File: file},
				Workload: portal.Workload{Users: []portal.User{{ID: "u"}}}})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("err = %v, want one with %s", err, c.want)
			}
			if data, _ := os.ReadFile(file); string(data) != c.content {
				t.Errorf("the file became %s", data)
			}
		})
	}
}

// That the disk is full undoes nothing at the workload; the person is told.
func TestUnwritableFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // a file, where a folder is wanted
		t.Fatal(err)
	}
	b := newBench(t)
	b.fabric.File = filepath.Join(folder, "workspace.json")
	b.create("First")
	if got := b.notes(); !strings.Contains(got, "The workspace is not saved:StateNotSaved") {
		t.Errorf("the notes are %s", got)
	}
}
