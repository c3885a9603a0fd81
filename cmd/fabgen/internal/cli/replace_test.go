package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "a", "b", "file")
	for _, text := range []string{"the first, which is longer", "second"} {
		if err := replaceFile(dir, filepath.Join("a", "b"), "file", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(target); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	only(t, filepath.Dir(target), "file")
}

// What another process reads while the file is replaced is the old file or the new one.
func TestReplacedFileIsAnotherOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows replaces no file that is open")
	}
	dir := t.TempDir()
	if err := replaceFile(dir, ".", "file", []byte("old")); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := replaceFile(dir, ".", "file", []byte("new")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 8)
	if n, _ := f.Read(got); string(got[:n]) != "old" {
		t.Errorf("the open file says %q", got[:n])
	}
}

func TestReplaceFileLeavesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "folder", "in"), 0o777); err != nil {
		t.Fatal(err)
	}
	if replaceFile(dir, ".", "folder", []byte("x")) == nil {
		t.Error("a folder is replaced")
	}
	if replaceFile(dir, "..", "file", []byte("x")) == nil {
		t.Error("a file is written outside")
	}
	only(t, dir, "folder")
}

// only checks what a folder holds.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(names) || len(names) > 0 && entries[0].Name() != names[0] {
		t.Errorf("%s holds %v, want %q", dir, entries, names)
	}
}
