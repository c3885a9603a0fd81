package auth

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"testing"
)

func keyOf(i int) *digest {
	sum := sha256.Sum256(binary.AppendUvarint(nil, uint64(i)))
	return &sum
}

func TestCache(t *testing.T) {
	c := newCache[int](3)
	for i := range 3 {
		c.put(keyOf(i), i)
	}
	c.get(keyOf(0))
	c.put(keyOf(1), 10)
	c.put(keyOf(3), 3) // pushes 2 out
	for i, want := range map[int]int{0: 0, 1: 10, 3: 3} {
		if got, ok := c.get(keyOf(i)); !ok || got != want {
			t.Errorf("%d: %d, %t", i, got, ok)
		}
	}
	if _, ok := c.get(keyOf(2)); ok {
		t.Error("what was not used is still there")
	}
	c.remove(keyOf(0))
	c.remove(keyOf(99))
	if _, ok := c.get(keyOf(0)); ok || c.len() != 2 {
		t.Errorf("%d values after a removal", c.len())
	}
}

func TestCacheIsBounded(t *testing.T) {
	for _, size := range []int{1, 100, 10_000} {
		c := newCache[int](size)
		for i := range 3 * size {
			c.put(keyOf(i), i)
		}
		if n := c.len(); n > size {
			t.Errorf("%d values, want at most %d", n, size)
		}
	}
}

func TestCacheConcurrently(*testing.T) {
	c := newCache[int](1000)
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 2000 {
				key := keyOf(i * (g + 1))
				c.put(key, i)
				c.get(key)
				c.remove(keyOf(i))
			}
		})
	}
	group.Wait()
}
