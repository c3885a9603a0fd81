package apply

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"

	"github.com/fabgen/fabgen/generator/plan"
)

const (
	fileDeleteOnClose = 0x04000000        // FILE_FLAG_DELETE_ON_CLOSE
	sharingViolation  = syscall.Errno(32) // ERROR_SHARING_VIOLATION
)

// tryLock opens a file that nobody else can open meanwhile and that Windows deletes when it is closed.
func tryLock(dir string) (unlock func(), err error) {
	name, err := syscall.UTF16PtrFromString(filepath.Join(dir, plan.LockFile))
	if err != nil {
		return nil, err
	}
	const alone = 0
	h, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, alone, nil, syscall.OPEN_ALWAYS, fileDeleteOnClose, 0)
	switch {
	case errors.Is(err, sharingViolation), errors.Is(err, syscall.ERROR_ACCESS_DENIED):
		return nil, fmt.Errorf("%s: %w", dir, ErrLocked)
	case err != nil:
		return nil, err
	}
	return func() { _ = syscall.CloseHandle(h) }, nil
}
