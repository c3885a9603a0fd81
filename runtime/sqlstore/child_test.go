package sqlstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/google/uuid"

	"github.com/fabgen/fabgen/runtime/sqlstore"
	"github.com/fabgen/fabgen/runtime/workload"
)

const (
	childAddress = "SQLSTORE_TEST_CHILD_ADDRESS"
	childTask    = "SQLSTORE_TEST_CHILD_TASK"

	taskOpen  = "open"  // and close again
	taskWrite = "write" // items until killed, and tell the ID of each one once it is kept
)

// child is what this program does as another process; it gives its exit code.
func child(address, task string) int {
	ctx := context.Background()
	store, err := sqlstore.Open(ctx, address)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer store.Close()
	for task == taskWrite {
		item := newItem()
		if _, _, err := store.CreateItem(ctx, item); err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(item.ItemID)
	}
	return 0
}

func newItem() workload.Item {
	return workload.Item{TenantID: tenant, WorkspaceID: workspace, ItemID: uuid.NewString(), Type: "Org.A.B",
		DisplayName: "A", Payload: []byte(`{}`)}
}

const (
	tenant    = "853d9f4f-c71b-4420-b6ec-60e503458946"
	workspace = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
)

func childProcess(t *testing.T, address, task string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childAddress+"="+address, childTask+"="+task)
	return cmd
}

// What was acknowledged is there after the process was killed in the middle of writing, and the database opens again.
func TestKilled(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		var kept []string
		for round := range 4 {
			kept = append(kept, writeUntilKilled(t, address, 20+50*round)...)
			store := open(t, address)
			for _, id := range kept {
				if _, err := store.Item(t.Context(), workload.ItemKey{TenantID: tenant, WorkspaceID: workspace,
					ItemID: id}); err != nil {
					t.Fatalf("of %d acknowledged items one is lost: %v", len(kept), err)
				}
			}
			if _, created, err := store.CreateItem(t.Context(), newItem()); err != nil || !created {
				t.Fatalf("it takes no more items: created %t, %v", created, err)
			}
		}
	})
}

// writeUntilKilled gives the IDs that were acknowledged: at least so many, and what comes until the process is gone.
func writeUntilKilled(t *testing.T, address string, least int) []string {
	t.Helper()
	cmd := childProcess(t, address, taskWrite)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, err := uuid.Parse(lines.Text()); err != nil {
			t.Errorf("the writer says %s", lines.Text())
		}
		if ids = append(ids, lines.Text()); len(ids) == least {
			_ = cmd.Process.Kill() // SIGKILL, wherever it is
		}
	}
	_ = cmd.Wait() // "signal: killed"
	if len(ids) < least {
		t.Fatalf("the writer ended after %d items", len(ids))
	}
	return ids
}

// Processes that find an empty database at once bring it up to date once.
func TestProcessesOpenAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		var children []*exec.Cmd
		for range 8 {
			cmd := childProcess(t, address, taskOpen)
			cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			children = append(children, cmd)
		}
		for _, cmd := range children {
			if err := cmd.Wait(); err != nil {
				t.Errorf("a process that opens the database: %v", err)
			}
		}
		wantVersions(t, open(t, address))
	})
}
