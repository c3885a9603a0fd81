package cli

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// README shows what init prints of the demo.
func TestReadmeShowsInit(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	wrote := regexp.MustCompile(`(?m)^Wrote [0-9]+ files to .*$`)
	want := wrote.FindString(string(readme))
	t.Chdir(t.TempDir())
	a, out, _ := newTestApp()
	cmd := newRootCmd(a)
	cmd.SetArgs([]string{"init", "--demo", "./contoso"})
	if err := cmd.ExecuteContext(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := wrote.FindString(out.String()); got != want || got == "" {
		t.Errorf("init prints %q; README has %q", got, want)
	}
}
