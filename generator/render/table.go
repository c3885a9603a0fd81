package render

import (
	"io/fs"
	"slices"

	"github.com/fabgen/fabgen/generator/model"
)

// rule says of one template whose its files are and when they are rendered. What it is rendered for stands in its
// path: {item}, {route}, {resource}, {env} and {environment} give one file each.
type rule struct {
	Path  string // under templates/workload, without .tmpl
	Class Class
	When  func(*model.Model) bool // nil: always
	Mode  fs.FileMode             // 0: 0644
	Draw  func(Data) []byte       // makes the file where no template does: a picture
}

// rules is the whole table: a template without a row fails the tests, and a row with neither template nor Draw.
func rules() []rule {
	return slices.Concat(rootRules, manifestRules, backendRules, runtimeRules, frontendRules, deployRules)
}

// runtimeRules are what comes along with the runtime's sources, which are not templates.
var runtimeRules = []rule{
	{Path: runtimeFolder + "LICENSE", Class: Owned},
}
