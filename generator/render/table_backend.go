package render

var backendRules = []rule{
	{Path: "backend/go.mod", Class: Seeded},
	{Path: "backend/go.sum", Class: Seeded},
	{Path: runtimeFolder + "go.mod", Class: Owned},
	{Path: "backend/cmd/server/main.go", Class: Owned},
	{Path: "backend/internal/settings/settings.go", Class: Owned},
	{Path: "backend/internal/server/server.go", Class: Owned},
	{Path: "backend/internal/server/outside.go", Class: Owned},
	{Path: "backend/internal/server/bench_test.go", Class: Owned},
	{Path: "backend/internal/server/door_test.go", Class: Owned},
	{Path: "backend/internal/server/resources_test.go", Class: Owned},
	{Path: "backend/internal/server/flows_test.go", Class: Seeded},
	{Path: "backend/internal/resources/all_resources.go", Class: Owned},
	{Path: "backend/internal/resources/{resource}.go", Class: Owned},
	{Path: "backend/internal/items/all_items.go", Class: Owned},
	{Path: "backend/internal/items/{item}.go", Class: Seeded},
	{Path: "backend/internal/routes/all_routes.go", Class: Owned},
	{Path: "backend/internal/routes/all_scopes.go", Class: Owned},
	{Path: "backend/internal/routes/shared_handlers.go", Class: Seeded},
	{Path: "backend/internal/routes/{route}.go", Class: Seeded},
}
