package merge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestFile(t *testing.T) {
	const pkg = "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"b\": \"1.0.0\",\n    \"d\": \"1.0.0\"\n  }\n}\n"
	const mod = "module example.com/x\n\ngo 1.25.0\n\nrequire example.com/b v1.0.0\n"
	const modB = "module example.com/x\n\ngo 1.25.0\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n)\n"
	sub := func(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	for name, c := range map[string]struct{ path, base, yours, theirs, want string }{
		"json, dependencies of both": {
			"frontend/package.json", pkg, sub(pkg, `"b": "1.0.0",`, "\"b\": \"1.0.0\",\n    \"c\": \"2.0.0\","),
			sub(pkg, `"b": "1.0.0",`, "\"b\": \"1.0.0\",\n    \"ca\": \"3.0.0\","),
			sub(pkg, `"b": "1.0.0",`, "\"b\": \"1.0.0\",\n    \"ca\": \"3.0.0\",\n    \"c\": \"2.0.0\","),
		},
		"json, at the end": {
			"package.json", pkg, sub(pkg, `"d": "1.0.0"`, "\"d\": \"1.0.0\",\n    \"e\": \"2.0.0\""),
			sub(pkg, `"d": "1.0.0"`, "\"d\": \"1.1.0\",\n    \"f\": \"3.0.0\""),
			sub(pkg, `"d": "1.0.0"`, "\"d\": \"1.1.0\",\n    \"f\": \"3.0.0\",\n    \"e\": \"2.0.0\""),
		},
		"json, one version in two ways": {
			"package.json", pkg, sub(pkg, `"b": "1.0.0"`, `"b": "1.5.0"`),
			sub(pkg, `"b": "1.0.0"`, `"b": "2.0.0"`, `"d": "1.0.0"`, `"d": "1.0.1"`),
			"{\n  \"name\": \"x\",\n  \"dependencies\": {\n" +
				"<<<<<<< yours\n    \"b\": \"1.5.0\",\n||||||| base\n    \"b\": \"1.0.0\",\n=======\n    \"b\": \"2.0.0\",\n>>>>>>> fabgen\n" +
				"    \"d\": \"1.0.1\"\n  }\n}\n",
		},
		"json, new part in another layout": {
			"package.json", pkg, "{\"name\":\"x\",\n\t\"dependencies\": {\n\t\t\"b\": \"1.0.0\",\n\t\t\"d\": \"1.0.0\"\n\t}}",
			sub(pkg, "\"name\": \"x\",", "\"name\": \"x\",\n  \"scripts\": {\n    \"a\": \"b\"\n  },"),
			"{\"name\":\"x\",\n\t\"scripts\": {\n\t  \"a\": \"b\"\n\t},\n\t\"dependencies\": {\n\t\t\"b\": \"1.0.0\",\n\t\t\"d\": \"1.0.0\"\n\t}}",
		},
		"json, yours took out what theirs raised": {
			"package.json", pkg, sub(pkg, "    \"b\": \"1.0.0\",\n", ""), sub(pkg, `"b": "1.0.0"`, `"b": "2.0.0"`),
			sub(pkg, "    \"b\": \"1.0.0\",\n", ""),
		},
		"json, theirs took out what yours has": {
			"package.json", pkg, sub(pkg, `"x"`, `"y"`), sub(pkg, ",\n    \"d\": \"1.0.0\"", ""),
			sub(pkg, `"x"`, `"y"`, ",\n    \"d\": \"1.0.0\"", ""),
		},
		"json, into an empty object": {
			"a.json", "{\n  \"a\": {}\n}\n", "{\n  \"a\": {},\n  \"b\": 1\n}\n", "{\n  \"a\": {\n    \"k\": true\n  }\n}\n",
			"{\n  \"a\": {\n    \"k\": true\n  },\n  \"b\": 1\n}\n",
		},
		"json, a list of plain values": {
			"tsconfig.json", "{\n  \"include\": [\"src\"]\n}\n", "{\n  \"include\": [\"src\", \"mine\"]\n}\n",
			"{\n  \"include\": [\"src\", \"tests\"]\n}\n", "{\n  \"include\": [\"src\", \"tests\", \"mine\"]\n}\n",
		},
		"json, both made the same key": {
			"a.json", "{\n  \"z\": 1\n}\n", "{\n  \"a\": 1,\n  \"z\": 1\n}\n", "{\n  \"a\": 2,\n  \"z\": 2\n}\n",
			"{\n<<<<<<< yours\n  \"a\": 1,\n||||||| base\n  \"a\": null,\n=======\n  \"a\": 2,\n>>>>>>> fabgen\n  \"z\": 2\n}\n",
		},
		"json with CRLF": {
			"package.json", pkg, sub(pkg, `"x"`, `"y"`, "\n", "\r\n"), sub(pkg, `"d": "1.0.0"`, `"d": "2.0.0"`),
			sub(pkg, `"x"`, `"y"`, `"d": "1.0.0"`, `"d": "2.0.0"`, "\n", "\r\n"),
		},
		"json that is none": {
			"package.json", pkg, sub(pkg, `"x"`, `"y"`, "{\n  \"name\"", "// mine\n{\n  \"name\""), sub(pkg, `"d": "1.0.0"`, `"d": "2.0.0"`),
			"// mine\n" + sub(pkg, `"x"`, `"y"`, `"d": "1.0.0"`, `"d": "2.0.0"`),
		},
		"json, the order alone changed": {
			"a.json", "{\n\"a\": 1,\n\"b\": 2,\n\"c\": 3,\n\"d\": 4\n}\n", "{\n\"a\": 1,\n\"b\": 2,\n\"c\": 3,\n\"d\": 5\n}\n",
			"{\n\"b\": 2,\n\"a\": 1,\n\"c\": 3,\n\"d\": 4\n}\n", "{\n\"b\": 2,\n\"a\": 1,\n\"c\": 3,\n\"d\": 5\n}\n",
		},

		"go.mod, requirements of both": {
			"go.mod", mod, modB, mod + "\nrequire example.com/c v1.0.0\n",
			"module example.com/x\n\ngo 1.25.0\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n\texample.com/c v1.0.0\n)\n",
		},
		"go.mod, the higher version counts": {
			"go.mod", mod, sub(mod, "v1.0.0", "v1.2.0"), sub(mod, "v1.0.0", "v1.1.0", "1.25", "1.26"), sub(mod, "v1.0.0", "v1.2.0", "1.25", "1.26"),
		},
		"go.mod, dropped": {
			"go.mod", modB, modB + "\n// mine\n", sub(modB, "\texample.com/a v1.0.0\n", ""),
			"module example.com/x\n\ngo 1.25.0\n\nrequire example.com/b v1.0.0\n\n// mine\n",
		},
		"go.mod, not dropped where own modules may need it": {
			"go.mod", modB, sub(modB, "\texample.com/b v1.0.0\n", "\texample.com/b v1.0.0\n\texample.com/own v1.0.0\n"),
			sub(modB, "\texample.com/a v1.0.0\n", ""), sub(modB, "\texample.com/b v1.0.0\n", "\texample.com/b v1.0.0\n\texample.com/own v1.0.0\n"),
		},
		"go.mod, replaced in two ways": {
			"go.mod", mod + "\nreplace example.com/b => ./b\n", mod + "\nreplace example.com/b => ./mine\n",
			mod + "\nreplace example.com/b => ./theirs\n",
			mod + "\n<<<<<<< yours\nreplace example.com/b => ./mine\n||||||| base\nreplace example.com/b => ./b\n" +
				"=======\nreplace example.com/b => ./theirs\n>>>>>>> fabgen\n",
		},
		"go.sum": {
			"backend/go.sum", "b v1.0.0 h1:x\nb v1.0.0/go.mod h1:y\n", "a v1.0.0 h1:x\nb v1.0.0 h1:x\nb v1.0.0/go.mod h1:y\n",
			"b v1.0.0/go.mod h1:y\nb v1.10.0 h1:x\nb v1.9.0 h1:x\n",
			"a v1.0.0 h1:x\nb v1.0.0 h1:x\nb v1.0.0/go.mod h1:y\nb v1.9.0 h1:x\nb v1.10.0 h1:x\n",
		},

		"settings of both": {
			".env.example", "# one\nA=1\nB=2\n", "# one\nA=1\nMINE=x\nB=3\n", "# one\nA=1\n# new\nNEW=y\nB=2\n",
			"# one\nA=1\n# new\nNEW=y\nMINE=x\nB=3\n",
		},
		"one setting in two ways": {
			".env", "A=1\nB=2\n", "A=2\nB=2\n", "A=3\nB=2\nC=3\n",
			"<<<<<<< yours\nA=2\n||||||| base\nA=1\n=======\nA=3\n>>>>>>> fabgen\nB=2\nC=3\n",
		},

		"yaml, keys of both": {
			"k.yaml", "# head\na: 1\nb:\n  - x\n", "# head\na: 2 # mine\nm: y\nb:\n  - x\n  - mine\n", "# head\na: 1\n\n# new\nn: z\nb:\n  - x\n  - new\n",
			"# head\na: 2 # mine\n\n# new\nn: z\nm: y\nb:\n  - x\n  - new\n  - mine\n",
		},
		"yaml, in another depth": {
			"k.yaml", "a:\n  b:\n    - x\n  c: 1\n", "a:\n    b:\n        - x\n    c: 2\n", "a:\n  b:\n    - x\n    - y\n  c: 1\n  d:\n    e: 1\n",
			"a:\n    b:\n        - x\n        - y\n    c: 2\n    d:\n      e: 1\n",
		},
		"yaml, elements with names": {
			"k.yaml", "images:\n  - name: a\n    newTag: \"1\"\n", "images:\n  - name: a\n    newTag: \"2\"\n  - name: mine\n    newTag: \"1\"\n",
			"images:\n  - name: a\n    newName: r/a\n    newTag: \"1\"\n  - name: b\n",
			"images:\n  - name: a\n    newName: r/a\n    newTag: \"2\"\n  - name: b\n  - name: mine\n    newTag: \"1\"\n",
		},
		"yaml, a block text": {
			"ci.yml", "jobs:\n  a:\n    steps:\n      - run: |\n          one: 1\n          two\n", "jobs:\n  a:\n    steps:\n      - run: |\n          one: 1\n          two\n  mine:\n    runs-on: x\n",
			"jobs:\n  a:\n    steps:\n      - run: |\n          one: 1\n          three\n", "jobs:\n  a:\n    steps:\n      - run: |\n          one: 1\n          three\n  mine:\n    runs-on: x\n",
		},
		"yaml, one value in two ways": {
			"k.yaml", "a: 1\nb: 2\n", "a: 2\nb: 2\n", "a: 3\nb: 3\n",
			"<<<<<<< yours\na: 2\n||||||| base\na: 1\n=======\na: 3\n>>>>>>> fabgen\nb: 3\n",
		},
		"yaml, no final line end": {"k.yaml", "a: 1\nb: 2\n", "a: 2\nb: 2", "a: 1\nb: 2\nc: 3\n", "a: 2\nb: 2\nc: 3"},
		"yaml of several documents": {
			"k.yaml", "a: 1\n---\nb: 1\nc: 1\n", "a: 2\n---\nb: 1\nc: 1\n", "a: 1\n---\nb: 1\nc: 2\n", "a: 2\n---\nb: 1\nc: 2\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := File(c.path, []byte(c.base), []byte(c.yours), []byte(c.theirs)); string(got.Data) != c.want {
				t.Errorf("gives %d conflicts and\n%s\nwant\n%s", got.Conflicts, got.Data, c.want)
			}
		})
	}
}

// Both sides add, change and drop keys at random: where no key was changed in two ways, nothing conflicts, and each key
// has what the one that changed it gave it.
func TestKeysOfBothSidesMeet(t *testing.T) {
	formats := map[string]struct {
		write func(map[string]string) string
		read  func([]byte, any) error
	}{
		"package.json": {jsonOf, json.Unmarshal},
		"values.yaml":  {yamlOf, yaml.Unmarshal},
	}
	for file, f := range formats {
		for seed := range uint64(500) {
			s := newSource(seed)
			base, yours, theirs, want := keysOf(s)
			got := File(file, []byte(f.write(base)), []byte(f.write(yours)), []byte(f.write(theirs)))
			var top struct{ Top map[string]string }
			if err := f.read(got.Data, &top); err != nil || got.Conflicts > 0 || !maps.Equal(top.Top, want) {
				t.Fatalf("%s, seed %d: %v, %d conflicts: merging\n%s\n%s\n%s\ngives\n%s\nwant %v", file, seed, err, got.Conflicts,
					f.write(base), f.write(yours), f.write(theirs), got.Data, want)
			}
		}
	}
}

func keysOf(s *source) (base, yours, theirs, want map[string]string) {
	base = map[string]string{"always": "1"}
	for n := range 2 + s.IntN(10) {
		base[fmt.Sprintf("k%02d", n*7%10)] = "1"
	}
	yours, theirs, want = maps.Clone(base), maps.Clone(base), maps.Clone(base)
	for n := range s.IntN(12) {
		side := []map[string]string{yours, theirs}[s.IntN(2)]
		key, value := fmt.Sprintf("k%02d", s.IntN(20)), fmt.Sprint(n+2)
		if key == "always" || want[key] != base[key] || (base[key] != "" && want[key] == "") {
			continue // somebody changed it already
		}
		if base[key] != "" && s.IntN(2) == 0 {
			delete(side, key)
			delete(want, key)
			continue
		}
		side[key], want[key] = value, value
	}
	return base, yours, theirs, want
}

func jsonOf(values map[string]string) string {
	data, err := json.MarshalIndent(map[string]any{"Top": values}, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(data) + "\n"
}

func yamlOf(values map[string]string) string {
	text := "# head\ntop:\n"
	for _, key := range slices.Sorted(maps.Keys(values)) {
		text += fmt.Sprintf("  # about %s\n  %s: %q\n", key, key, values[key])
	}
	return text
}

func FuzzFile(f *testing.F) {
	for _, name := range []string{"a.json", "go.mod", "go.sum", ".env", "a.yaml"} {
		f.Add(name, []byte("{\"a\": [1]}"), []byte("a: 1\nb:\n- name: x\n  y: 1\n"), []byte("A=1\n# x\nB=2"))
	}
	f.Add("a.json", []byte("{\"a\": {}}"), []byte("{\"a\": {\"b\": 1}}"), []byte("{\"a\": {\"c\": [1,{}]},\n\"d\":2}"))
	f.Add("a.yaml", []byte("a: 1\n"), []byte("a: 1\nb: |\n  x\n"), []byte("# h\na: 1\nc:\n  - d\n# t\n"))
	f.Fuzz(func(t *testing.T, name string, base, yours, theirs []byte) {
		got := File(name, base, yours, theirs)
		structured := strings.HasSuffix(name, ".json") && json.Valid(base) && json.Valid(yours) && json.Valid(theirs)
		if structured && got.Conflicts == 0 && !json.Valid(got.Data) {
			t.Errorf("%q, %q, %q give what is no JSON: %q", base, yours, theirs, got.Data)
		}
	})
}
