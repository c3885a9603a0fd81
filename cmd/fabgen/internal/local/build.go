package local

import (
	"os"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/supervisor"
)

// buildTag leaves out what a back-end here has no use for, and what takes longest to compile and link: the drivers for
// Postgres and Redis, and OpenTelemetry's exporters. Environ hands on no setting that would ask for them.
const buildTag = "fabgen_local"

// GoBuild builds the back-end in folder, for this cloud, into the file binary. Its sources are those of every build.
func GoBuild(folder, binary string) supervisor.GoBuild {
	return supervisor.GoBuild{
		Dir: folder, Package: "./cmd/server", Binary: binary, Tag: buildTag,
		Env: supervisor.Environ(os.Environ(), map[string]string{"GOWORK": "off"}),
	}
}
