// Package runtime holds the sources of the packages that generated back-ends import, so that fabgen can put a copy
// of them into each workload.
package runtime

import "embed"

// Source has one folder for each package.
//
//go:embed apierror auth entratest fabrictest rediscache sqlstore telemetry workload
var Source embed.FS
