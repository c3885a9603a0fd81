package pack

import (
	"path"
	"strings"
)

// Limits of the service, which it may move (Fabric Extensibility Toolkit, "Product manifest"): what is beyond them is
// packed, and told.
const (
	maxItems  = 10
	maxAssets = 15
)

func (c *checker) checkLimits() {
	if n := len(c.items); n > maxItems {
		c.note(folder, count(n, "item"), "at most "+count(maxItems, "item")+", which is what Fabric says it takes",
			"publish the rest as a workload of its own if the upload fails")
	}
	assets := 0
	for name := range c.files {
		if strings.HasPrefix(name, folder+"/assets/") {
			assets++
		}
	}
	if assets > maxAssets {
		c.note(path.Join(folder, "assets"), count(assets, "file"), "at most "+count(maxAssets, "file")+", which is what Fabric says it takes",
			"let items share pictures if the upload fails")
	}
}
