package dirlock_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/fabgen/fabgen/generator/apply/dirlock"
)

func TestTry(t *testing.T) {
	dir := t.TempDir()
	unlock, err := dirlock.Try(dir, "lock")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dirlock.Try(dir, "lock"); !errors.Is(err, dirlock.ErrHeld) {
		t.Errorf("what is held: %v", err)
	}
	other, err := dirlock.Try(t.TempDir(), "lock")
	if err != nil {
		t.Errorf("another folder: %v", err)
	}
	other()
	unlock()
	again, err := dirlock.Try(dir, "lock")
	if err != nil {
		t.Fatalf("what was held: %v", err)
	}
	again()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if _, err := dirlock.Try(filepath.Join(dir, "none"), "lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
