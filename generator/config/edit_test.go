package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const editHead = `apiVersion: fabgen/v1
workload:
  name: Org.X
  module: example.com/x
entra:
  tenantId: 11111111-2222-4333-8444-555555555555
  clientId: 66666666-7777-4888-9999-aaaaaaaaaaaa
`

func TestEdit(t *testing.T) {
	for name, c := range map[string]struct {
		edit         Edit
		before, want string
	}{
		"first scope": {AddTo("scopes", "A.Read=Read it"), "", "\nscopes:\n  - name: A.Read\n    description: Read it\n"},
		"first scope, before what follows": {AddTo("scopes", "A.Read"),
			"# mine\nresources: # of mine\n  - name: onelake\n    scopes: [user_impersonation]\n",
			"scopes:\n  - name: A.Read\n\n# mine\nresources: # of mine\n  - name: onelake\n    scopes: [user_impersonation]\n"},
		"into an empty list": {AddTo("items", "A"), "items: [] # none yet\n", "items: # none yet\n  - name: A\n"},
		"another one": {AddTo("items", "B:Run"), "items:\n  - name: A # first\n    jobs: [x1]\n\n# end\n",
			"items:\n  - name: A # first\n    jobs: [x1]\n  - name: B\n    jobs: [Run]\n\n# end\n"},
		"in the style of the list": {AddTo("scopes", "C"), "scopes:\n- name: A\n\n# about B\n- name: B\n\nitems:\n- name: I\n",
			"scopes:\n- name: A\n\n# about B\n- name: B\n\n- name: C\n\nitems:\n- name: I\n"},
		"no final line end": {AddTo("scopes", "B"), "scopes:\n    - name: A", "scopes:\n    - name: A\n    - name: B\n"},
		"a route": {AddTo("routes", "name=get,method=GET,path=/a/{id},scope=A"), "scopes: [{name: A}]\nroutes:\n  - name: a\n    method: GET\n    path: /a\n    scopes: [A]\n",
			"scopes: [{name: A}]\nroutes:\n  - name: a\n    method: GET\n    path: /a\n    scopes: [A]\n  - name: get\n    method: GET\n    path: /a/{id}\n    scopes: [A]\n"},

		"remove the first": {RemoveFrom("items", "A"), "items:\n  # about A\n  - name: A\n    jobs: [x1]\n  # about B\n  - name: B\n",
			"items:\n  # about B\n  - name: B\n"},
		"remove the last": {RemoveFrom("items", "B"), "items:\n  - name: A\n\n  # about B\n  - name: B\n\n# end\nroutes: []\n",
			"items:\n  - name: A\n\n# end\nroutes: []\n"},
		"remove the only one": {RemoveFrom("items", "A"), "# items\nitems: # mine\n  - name: A\n", "# items\nitems: [] # mine\n"},

		"jobs in brackets":     {AddJobs("A", "Go", "Run"), "items:\n  - name: A\n    jobs: [x1] # mine\n", "items:\n  - name: A\n    jobs: [x1, Go, Run] # mine\n"},
		"jobs in lines":        {AddJobs("A", "Go"), "items:\n  - name: A\n    jobs:\n      - x1 # mine\n", "items:\n  - name: A\n    jobs:\n      - x1 # mine\n      - Go\n"},
		"first job":            {AddJobs("A", "Go"), "items:\n  - name: A\n    category: Code\n  - name: B\n", "items:\n  - name: A\n    category: Code\n    jobs: [Go]\n  - name: B\n"},
		"remove jobs":          {RemoveJobs("A", "x1"), "items:\n  - name: A\n    jobs: [x1, x2]\n", "items:\n  - name: A\n    jobs: [x2]\n"},
		"remove jobs in lines": {RemoveJobs("A", "x1"), "items:\n  - name: A\n    jobs:\n    - x1\n    - \"x2\"\n", "items:\n  - name: A\n    jobs:\n    - x2\n"},

		"rename": {Rename("items", "A", "B"), "scopes: [{name: S}]\nitems:\n  - displayName: A # shown\n    name: \"A\" # mine\nroutes:\n  - {name: a, method: GET, path: '/w/{workspaceId}/{itemId}', scopes: [S], item: A, permissions: [Read]}\n",
			"scopes: [{name: S}]\nitems:\n  - displayName: A # shown\n    name: B # mine\nroutes:\n  - {name: a, method: GET, path: '/w/{workspaceId}/{itemId}', scopes: [S], item: B, permissions: [Read]}\n"},
		"rename a scope": {Rename("scopes", "A", "B"), "scopes: [{name: A}, {name: AA}]\nroutes: [{name: a, method: GET, path: /a, scopes: [AA, A]}, {name: b, method: GET, path: /b, scopes: ['A']}]\n",
			"scopes: [{name: B}, {name: AA}]\nroutes: [{name: a, method: GET, path: /a, scopes: [AA, B]}, {name: b, method: GET, path: /b, scopes: [B]}]\n"},
		"rename a resource": {Rename("resources", "mine", "ours"), "scopes: [{name: A}]\nresources:\n  - name: mine # and yours\n    uri: api://mine.example.com\n    scopes: [Read]\nroutes:\n  - {name: a, method: GET, path: /a, scopes: [A], resource: mine}\n",
			"scopes: [{name: A}]\nresources:\n  - name: ours # and yours\n    uri: api://mine.example.com\n    scopes: [Read]\nroutes:\n  - {name: a, method: GET, path: /a, scopes: [A], resource: ours}\n"},
		"rename a route": {Rename("routes", "a", "b"), "scopes: [{name: A}]\nroutes:\n  - {name: a, method: GET, path: /a, scopes: [A]}\n",
			"scopes: [{name: A}]\nroutes:\n  - {name: b, method: GET, path: /a, scopes: [A]}\n"},
		"rename a job": {RenameJob("A", "Go", "Run"), "items:\n  - name: A\n    jobs: [Walk, Go]\n", "items:\n  - name: A\n    jobs: [Walk, Run]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, form := range []func(string) string{
				func(s string) string { return s },
				func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") },
			} {
				got, doc, err := c.edit.Apply("fabgen.yaml", []byte(form(editHead+c.before)))
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != form(editHead+c.want) {
					t.Errorf("gives\n%s\nwant\n%s", got, form(editHead+c.want))
				}
				if again, err := Parse("", got); err != nil || !reflect.DeepEqual(again.Config, doc.Config) {
					t.Errorf("the document is not that of the text: %v", err)
				}
			}
		})
	}
}

func TestEditsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		edit   Edit
		before string
		want   string
		cannot bool
	}{
		"of a wrong value":         {AddTo("scopes", "a b"), "", "a b", false},
		"of a wrong form":          {AddTo("routes", "get"), "", "key=value", false},
		"for the second time":      {AddTo("scopes", "A"), "scopes:\n  - name: A\n", "second time", false},
		"of what is not there":     {RemoveFrom("scopes", "B"), "scopes:\n  - name: A.B\n", `found "B"; want one of the scopes: A.B`, false},
		"of what is in use":        {RemoveFrom("scopes", "A"), "scopes: [{name: A}]\nroutes: [{name: a, method: GET, path: /a, scopes: [A]}]\n", "routes[0].scopes[0]", false},
		"of an unknown item":       {AddJobs("B", "x"), "items:\n  - name: A\n", "one of the items: A", false},
		"of an unknown job":        {RemoveJobs("A", "x"), "items:\n  - name: A\n", "of which there are none", false},
		"to a name that is used":   {Rename("items", "A", "B"), "items:\n  - name: A\n  - name: B\n", "second time", false},
		"from an unknown name":     {Rename("routes", "a", "b"), "", "want one of the routes, of which there are none", false},
		"from an unknown job":      {RenameJob("A", "x1", "x2"), "items:\n  - name: A\n    jobs: [Go]\n", "one of the jobs: Go", false},
		"to a job that is there":   {RenameJob("A", "Go", "Run"), "items:\n  - name: A\n    jobs: [Go, Run]\n", "second time", false},
		"in flow style":            {AddTo("scopes", "B"), "scopes: [{name: A}]\n", "do it in an editor", true},
		"to the last job in lines": {RemoveJobs("A", "x1"), "items:\n  - name: A\n    jobs:\n      - x1\n", "do it in an editor", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := c.edit.Apply("fabgen.yaml", []byte(editHead+c.before))
			var problems Problems
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error that says %q", err, c.want)
			}
			if errors.Is(err, ErrCannotEdit) != c.cannot || errors.As(err, &problems) == c.cannot {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whatever a scenario's configuration has can be taken out, in every order of its lists, and put back.
func TestEditsOfEveryScenario(t *testing.T) {
	files, err := filepath.Glob("../../golden/*/fabgen.yaml")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "demo.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Parse(file, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range []string{"routes", "items", "resources", "scopes"} {
			for _, name := range doc.Config.Names(list) {
				if data, doc, err = RemoveFrom(list, name).Apply(file, data); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, edit := range []Edit{
			AddTo("scopes", "A.Read"), AddTo("scopes", "B.Read=of b"), AddTo("resources", "onelake"), AddTo("items", "Thing:Go"),
			AddJobs("Thing", "Run"), AddTo("routes", "name=getIt,method=GET,path=/it/{id},scope=A.Read,scope=B.Read,resource=onelake"),
			Rename("items", "Thing", "Other"), RemoveJobs("Other", "Go", "Run"), RemoveFrom("scopes", "B.Read"),
		} {
			next, _, err := edit.Apply(file, data)
			if edit.what == `removing "B.Read" from scopes` {
				if err == nil {
					t.Error("a scope that a route names was removed")
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", file, err, data)
			}
			data = next
		}
	}
}
