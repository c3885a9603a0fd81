// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

package routes

import (
	"log/slog"

	"github.com/fabgen/fabgen/runtime/workload"

	"example.com/tiny/internal/resources"
)

// Handlers serve the routes: one method for each, in a file of its name. Token, scope and permissions were checked
// before a handler runs.
type Handlers struct {
	clients *resources.Set
	items   workload.Store
	logger  *slog.Logger
}

// NewHandlers is called once, when the server starts: what handlers need further goes in here.
func NewHandlers(clients *resources.Set, items workload.Store, logger *slog.Logger) *Handlers {
	return &Handlers{clients: clients, items: items, logger: logger}
}
