package apply

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// each calls do for every item, limit at a time, and stops at the first error or when ctx ends.
func each[T any](ctx context.Context, limit int, items []T, do func(T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(limit)
	for _, item := range items {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(item)
		})
	}
	return group.Wait()
}
