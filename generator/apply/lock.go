package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fabgen/fabgen/generator/apply/dirlock"
	"github.com/fabgen/fabgen/generator/plan"
)

// ErrLocked says that another run is writing to the folder.
var ErrLocked = errors.New("another fabgen run is writing here")

// How long a run waits for another one, and how often it looks.
var (
	lockPatience = 10 * time.Second
	lockPause    = 50 * time.Millisecond
)

// lock waits until this process alone holds the folder.
func lock(ctx context.Context, dir string) (unlock func(), err error) {
	deadline := time.Now().Add(lockPatience)
	for {
		unlock, err = dirlock.Try(dir, plan.LockFile)
		if err == nil || !errors.Is(err, dirlock.ErrHeld) {
			return unlock, err
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("locking %s: %w; run again when it is done", dir, ErrLocked)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPause):
		}
	}
}
