package doctor

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds what is read of any file.
const maxFile = 1 << 20

// read reads a file of the workload, by its path with slashes.
func (c *checkup) read(name string) ([]byte, error) {
	return readFile(filepath.Join(c.Dir, filepath.FromSlash(name)))
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes", name, maxFile)
	}
	return data, err
}

// parseDotEnv reads NAME=value lines, as shells and Vite take them: comments, export, and quotes around a value.
func parseDotEnv(text string) map[string]string {
	values := map[string]string{}
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		values[name] = unquote(value)
	}
	return values
}

func unquote(value string) string {
	if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') {
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			return value[1 : end+1]
		}
	}
	value, _, _ = strings.Cut(value, " #")
	return strings.TrimSpace(value)
}

// setting is a setting of the back-end's, and where it was found.
type setting struct{ value, where string }

// backendEnv is the file that people keep the back-end's settings in while they develop. The back-end does not read it.
const backendEnv = "backend/.env"

// setting finds one in the environment, or else in backend/.env.
func (c *checkup) setting(name string) setting {
	if value := c.Getenv(name); value != "" {
		return setting{value, name}
	}
	data, err := c.read(backendEnv)
	if err != nil {
		return setting{}
	}
	return setting{parseDotEnv(string(data))[name], name + " in " + backendEnv}
}
