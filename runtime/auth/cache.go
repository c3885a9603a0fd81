package auth

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// digest names a token, or a request for one, without holding it.
type digest = [sha256.Size]byte

const (
	cacheShards  = 32
	minShardSize = 64
)

// cache is a bounded map by digest. What was not used since it was last looked at has to go first (SIEVE: Zhang and
// others, NSDI 2024), so that a hit changes one flag and no list: with very many entries each list node is a cache miss
// of the processor's. It is split into shards, each with a lock of its own, so that many callers do not wait for one
// another; a small one has a single shard and so an exact bound.
type cache[V any] struct {
	shards []cacheShard[V]
}

type cacheShard[V any] struct {
	mu      sync.Mutex
	entries map[uint64]*cacheNode[V] // by a part of the digest, so that the index stays small; a node knows all of it
	root    cacheNode[V]             // of a ring: root.next is the newest, root.prev the oldest
	hand    *cacheNode[V]            // where the next search for what can go begins; it moves from old to new
	size    int
}

type cacheNode[V any] struct {
	used       bool // since the hand was here
	value      V
	key        digest
	prev, next *cacheNode[V]
}

func newCache[V any](size int) *cache[V] {
	n := cacheShards
	if size < cacheShards*minShardSize {
		n = 1
	}
	c := &cache[V]{shards: make([]cacheShard[V], n)}
	for i := range c.shards {
		s := &c.shards[i]
		s.size = max(size/n, 1)
		s.entries = map[uint64]*cacheNode[V]{}
		s.root.prev, s.root.next, s.hand = &s.root, &s.root, &s.root
	}
	return c
}

func (c *cache[V]) shard(key *digest) *cacheShard[V] { return &c.shards[int(key[0])%len(c.shards)] }

// indexOf is the part of a digest that a shard's entries are found by. Where two digests ever share it, the later one
// takes the place of the earlier.
func indexOf(key *digest) uint64 { return binary.LittleEndian.Uint64(key[8:]) }

// get finds a value.
func (c *cache[V]) get(key *digest) (V, bool) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	node, ok := s.entries[indexOf(key)]
	if !ok || node.key != *key {
		var zero V
		return zero, false
	}
	node.used = true
	return node.value, true
}

// put adds or replaces a value, and drops another one where there is no room.
func (c *cache[V]) put(key *digest, value V) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if node, ok := s.entries[indexOf(key)]; ok {
		node.value, node.key, node.used = value, *key, true
		return
	}
	if len(s.entries) >= s.size {
		s.drop(s.leastUsed())
	}
	node := &cacheNode[V]{key: *key, value: value}
	node.prev, node.next = &s.root, s.root.next
	node.prev.next, node.next.prev = node, node
	s.entries[indexOf(key)] = node
}

// remove forgets a value.
func (c *cache[V]) remove(key *digest) {
	s := c.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if node, ok := s.entries[indexOf(key)]; ok && node.key == *key {
		s.drop(node)
	}
}

// leastUsed moves the hand to the first node from there on that was not used since it passed.
func (s *cacheShard[V]) leastUsed() *cacheNode[V] {
	for ; ; s.hand = s.hand.prev {
		switch {
		case s.hand == &s.root:
		case s.hand.used:
			s.hand.used = false
		default:
			return s.hand
		}
	}
}

func (s *cacheShard[V]) drop(node *cacheNode[V]) {
	if s.hand == node {
		s.hand = node.prev
	}
	node.prev.next, node.next.prev = node.next, node.prev
	delete(s.entries, indexOf(&node.key))
}

// len counts the values.
func (c *cache[V]) len() int {
	total := 0
	for i := range c.shards {
		c.shards[i].mu.Lock()
		total += len(c.shards[i].entries)
		c.shards[i].mu.Unlock()
	}
	return total
}
