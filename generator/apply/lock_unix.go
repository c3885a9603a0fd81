//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package apply

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// tryLock locks the folder itself, so that no file is needed. File systems that know no locks are used without.
func tryLock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, ErrLocked), f.Close())
	}
	return func() { _ = f.Close() }, nil
}
