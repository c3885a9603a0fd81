package dirlock

import (
	"errors"
	"path/filepath"
	"syscall"
)

const (
	fileDeleteOnClose = 0x04000000        // FILE_FLAG_DELETE_ON_CLOSE
	sharingViolation  = syscall.Errno(32) // ERROR_SHARING_VIOLATION
)

// try opens a file that nobody else can open meanwhile and that Windows deletes when it is closed.
func try(dir, name string) (unlock func(), err error) {
	path, err := syscall.UTF16PtrFromString(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	const alone = 0
	h, err := syscall.CreateFile(path, syscall.GENERIC_WRITE, alone, nil, syscall.OPEN_ALWAYS, fileDeleteOnClose, 0)
	switch {
	case errors.Is(err, sharingViolation), errors.Is(err, syscall.ERROR_ACCESS_DENIED):
		return nil, ErrHeld
	case err != nil:
		return nil, err
	}
	return func() { _ = syscall.CloseHandle(h) }, nil
}
