package auth

import (
	"crypto/sha256"
	"sync"
)

// digest names a token, or a request for one, without holding it.
type digest = [sha256.Size]byte

const (
	lruShards    = 32
	minShardSize = 64
)

// lru is a bounded map by digest that forgets what was used longest ago. It is split into shards, each with a lock of
// its own, so that many callers do not wait for one another; a small one has a single shard and so an exact bound.
type lru[V any] struct {
	shards []lruShard[V]
}

type lruShard[V any] struct {
	mu      sync.Mutex
	entries map[digest]*lruNode[V]
	root    lruNode[V] // root.next is the newest, root.prev the oldest
	size    int
}

type lruNode[V any] struct {
	prev, next *lruNode[V]
	key        digest
	value      V
}

func newLRU[V any](size int) *lru[V] {
	n := lruShards
	if size < lruShards*minShardSize {
		n = 1
	}
	c := &lru[V]{shards: make([]lruShard[V], n)}
	for i := range c.shards {
		s := &c.shards[i]
		s.size = max(size/n, 1)
		s.entries = map[digest]*lruNode[V]{}
		s.root.prev, s.root.next = &s.root, &s.root
	}
	return c
}

func (c *lru[V]) shard(key *digest) *lruShard[V] { return &c.shards[int(key[0])%len(c.shards)] }

// get finds a value and makes it the newest.
func (c *lru[V]) get(key *digest) (V, bool) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	node, ok := s.entries[*key]
	if !ok {
		var zero V
		return zero, false
	}
	node.unlink()
	s.push(node)
	return node.value, true
}

// put adds or replaces a value, and drops the oldest where there is no room.
func (c *lru[V]) put(key *digest, value V) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if node, ok := s.entries[*key]; ok {
		node.value = value
		node.unlink()
		s.push(node)
		return
	}
	if len(s.entries) >= s.size {
		oldest := s.root.prev
		oldest.unlink()
		delete(s.entries, oldest.key)
	}
	node := &lruNode[V]{key: *key, value: value}
	s.entries[*key] = node
	s.push(node)
}

// remove forgets a value.
func (c *lru[V]) remove(key *digest) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if node, ok := s.entries[*key]; ok {
		node.unlink()
		delete(s.entries, *key)
	}
}

// len counts the values.
func (c *lru[V]) len() int {
	total := 0
	for i := range c.shards {
		c.shards[i].mu.Lock()
		total += len(c.shards[i].entries)
		c.shards[i].mu.Unlock()
	}
	return total
}

func (s *lruShard[V]) push(node *lruNode[V]) {
	node.prev, node.next = &s.root, s.root.next
	node.prev.next, node.next.prev = node, node
}

func (n *lruNode[V]) unlink() {
	n.prev.next, n.next.prev = n.next, n.prev
	n.prev, n.next = nil, nil
}
