// Package dirlock locks folders between processes. The operating system gives a lock up when the process that holds it
// ends, in whatever way, so that none goes stale.
package dirlock

import (
	"errors"
	"fmt"
)

// ErrHeld says that another process, or another call of this one, holds the folder.
var ErrHeld = errors.New("the folder is held by another process")

// Try locks the folder dir, or fails with ErrHeld at once. Windows knows no locks of folders: there, a file of the given
// name is in it meanwhile. Systems without such locks, and file systems without them, are used without.
func Try(dir, name string) (unlock func(), err error) {
	unlock, err = try(dir, name)
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	return unlock, nil
}
