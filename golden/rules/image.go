package rules

import (
	"encoding/json"
	"regexp"
	"strings"
)

const (
	dockerfile = "deploy/Dockerfile"
	goModule   = "backend/go.mod"
)

var (
	numericUser   = regexp.MustCompile(`^[1-9][0-9]*(:[1-9][0-9]*)?$`)
	goDirective   = regexp.MustCompile(`(?m)^go (\d+\.\d+)`)
	buildArgument = regexp.MustCompile(`\$\{?([A-Z_]+)\}?`)
)

// checkImage checks that the back-end's image has nothing but what it needs, and a user who may do nothing.
func (c *checker) checkImage() {
	data, ok := c.read(dockerfile)
	if !ok {
		return
	}
	args, last := map[string]string{}, map[string]string{}
	for _, line := range instructions(string(data)) {
		name, rest, _ := strings.Cut(line, " ")
		switch name {
		case "ARG":
			arg, value, _ := strings.Cut(rest, "=")
			args[arg] = value
		case "FROM":
			last = map[string]string{}
			c.checkBase(rest, args)
		}
		last[name] = rest
	}
	c.matches(dockerfile, "USER", last["USER"], numericUser, "the number of a user other than root")
	var command []string
	if err := json.Unmarshal([]byte(last["ENTRYPOINT"]), &command); err != nil || len(command) == 0 {
		c.add(dockerfile, "ENTRYPOINT", quote(last["ENTRYPOINT"]), "a list, since there is no shell")
	}
	for _, name := range []string{"RUN", "CMD", "SHELL"} {
		if last[name] != "" {
			c.add(dockerfile, name, quote(last[name]), "nothing of it in the last stage")
		}
	}
	c.equal(dockerfile, "EXPOSE", last["EXPOSE"], number(serverPort))
	if module, ok := c.read(goModule); ok {
		if m := goDirective.FindSubmatch(module); m != nil {
			c.equal(dockerfile, "GO_VERSION", args["GO_VERSION"], string(m[1]))
		}
	}
}

// instructions gives the lines of a Dockerfile without comments, continued ones as one.
func instructions(text string) []string {
	var out []string
	text = regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(text, "")
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// checkBase checks the image that a stage begins with.
func (c *checker) checkBase(from string, args map[string]string) {
	words := strings.Fields(from)
	for len(words) > 1 && strings.HasPrefix(words[0], "--") {
		words = words[1:]
	}
	image := buildArgument.ReplaceAllStringFunc(words[0], func(s string) string { return args[strings.Trim(s, "${}")] })
	if image != "scratch" {
		c.checkTag(dockerfile, "FROM", image)
	}
}
