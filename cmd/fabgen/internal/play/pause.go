package play

import (
	"context"
	"time"
)

// Pause waits, and says whether it did so to the end: ctx cuts it short.
func Pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
