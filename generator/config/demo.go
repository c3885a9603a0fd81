package config

import (
	_ "embed"
	"slices"
)

//go:embed demo.yaml
var demo []byte

// Demo is the fabgen.yaml of the built-in example, which needs no tenant: its IDs belong to nobody.
func Demo() []byte { return slices.Clone(demo) }
