//go:build fabgen_local

package sqlstore

import "errors"

// openPostgres is what a build for the local cloud has in place of Postgres, whose driver is half of what such a build
// would have to compile: `fabgen dev` keeps a database in SQLite.
func openPostgres(string) (*Store, error) {
	return nil, errors.New("this program was built with the tag fabgen_local, as `fabgen dev` does, and has no driver " +
		"for Postgres in it; build it without that tag, or give sqlite:PATH")
}
