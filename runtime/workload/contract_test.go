package workload_test

import (
	"testing"

	"github.com/fabgen/fabgen/internal/contracttest"
)

// Every operation of openapi.yaml answers in every way that it documents, and in no other.
func TestContract(t *testing.T) {
	checker := contracttest.New(t, contracttest.Contract(t))
	for name, part := range map[string]func(*testing.T, *contracttest.Checker){
		"success": contractSuccess, "bodies": contractBodies, "paths": contractPaths, "tokens": contractTokens,
		"data plane": contractDataPlane, "handlers": contractHandlers, "jobs": contractJobs,
		"endpoints": contractEndpoints, "no keys": contractNoKeys, "no store": contractNoStore,
		"operation": contractOperation,
	} {
		t.Run(name, func(t *testing.T) { part(t, checker) })
	}
	if unseen := checker.Unseen(); len(unseen) > 0 && !t.Failed() {
		t.Errorf("the contract has %d replies that no call got: %q", len(unseen), unseen)
	}
}
