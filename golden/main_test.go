package golden

import (
	"fmt"
	"os"
	"testing"

	"github.com/fabgen/fabgen/internal/pgtest"
)

// shared is a folder for what tests have in common. It goes with them.
var shared string

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	var err error
	if shared, err = os.MkdirTemp("", "golden"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(shared) }()
	return pgtest.M{M: m}.Run()
}
