package sqlstore

// dialect is what differs between the databases, their tables aside.
type dialect struct {
	name string // of the folder of its migrations

	// now is SQL for the database's clock, in milliseconds since 1970. In a condition it allows an index.
	now string
	// lock ends a SELECT of what is about to be changed, and keep one of what must be there until the transaction ends.
	lock, keep string

	// alone comes before the statements of a migration: until its transaction ends, no other process gets past it.
	alone string
	// again says that a transaction failed because of another one, or before the database heard of it.
	again func(error) bool
}
