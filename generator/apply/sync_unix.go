//go:build unix

package apply

import (
	"errors"
	"os"
	"syscall"
)

// syncFolder has a folder's names on the disk. Some network file systems cannot, and say so: that is no failure.
func syncFolder(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
