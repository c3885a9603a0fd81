//go:build !unix

package apply

import "os"

// syncFolder does nothing: Windows syncs no folders.
func syncFolder(*os.File) error { return nil }
