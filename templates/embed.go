// Package templates holds the tree that a generated workload is rendered from. It mirrors that tree: each file stands
// at its own path, with .tmpl after its name where it is a template.
package templates

import "embed"

// FS holds workload, the tree, and shared, the bodies that more than one file of it has.
//
//go:embed all:workload all:shared
var FS embed.FS
