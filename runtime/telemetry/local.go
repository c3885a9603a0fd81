//go:build fabgen_local

package telemetry

import (
	"context"
	"errors"
)

// start is what a build for the local cloud has in place of the exporters, which nothing there would receive from.
func start(context.Context, Options) (*Providers, error) {
	return nil, errors.New("telemetry: this program was built with the tag fabgen_local, as `fabgen dev` does, and has no " +
		"exporters in it; build it without that tag, or give no endpoint")
}
