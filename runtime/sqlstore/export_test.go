package sqlstore

import "database/sql"

// Versions is how many migrations there are.
const Versions = 1

// Writer is the pool of a store's writers.
func Writer(s *Store) *sql.DB { return s.writer }

// Indexed are statements that an index answers, and how many arguments they take.
func Indexed(s *Store) map[string]int {
	return map[string]int{s.openJobs: 3, s.lostJobs: 1, s.renewLeases: 2, s.dropJobs: 1, s.job: 4, s.cancelJobs: 3}
}

// Held is how many items a store on SQLite holds in memory, and how many bytes they are.
func Held(s *Store) (items, size int) {
	s.items.mu.Lock()
	defer s.items.mu.Unlock()
	return len(s.items.items), s.items.size
}
