package local_test

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/local"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// A build for this cloud has none of the drivers that it has no use for, and says so where somebody asks for one.
func TestGoBuild(t *testing.T) {
	binary := supervisor.Executable(filepath.Join(t.TempDir(), "server"))
	if err := local.GoBuild("../../../../golden/demo/want/backend", binary).Run(t.Context(), os.Stderr); err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range info.Deps {
		for _, heavy := range []string{"github.com/jackc/", "github.com/redis/", "google.golang.org/", "go.opentelemetry.io/otel/sdk"} {
			if strings.HasPrefix(module.Path, heavy) {
				t.Errorf("%s is in it", module.Path)
			}
		}
	}

	w := start(t)
	for setting, want := range map[string]string{
		"DATABASE_URL=postgres://somebody:password@127.0.0.1/x": "has no driver for Postgres in it",
		"TOKEN_CACHE_URL=redis://:password@127.0.0.1/0":         "has no client for Redis in it",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318":     "has no exporters in it",
	} {
		name, value, _ := strings.Cut(setting, "=")
		env, err := w.Environ(os.Environ(), map[string]string{"LISTEN_ADDR": "127.0.0.1:0", name: value})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, binary)
		cmd.Env = env
		said, err := cmd.CombinedOutput()
		if err == nil || !bytes.Contains(said, []byte(want)) || bytes.Contains(said, []byte("password")) {
			t.Errorf("%s: %v: %s", name, err, said)
		}
	}
}
