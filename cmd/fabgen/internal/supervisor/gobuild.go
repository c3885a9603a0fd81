package supervisor

// GoBuild is the step that builds a package of the Go module in dir, such as ./cmd/server, into the file binary. That may
// run: its process keeps what it was started with.
func GoBuild(dir, binary, pkg string, env []string) *Step {
	build := Command{Args: []string{"go", "build", "-o", binary, pkg}, Dir: dir, Env: env}
	return &Step{Name: "go build", Run: build.Run}
}
