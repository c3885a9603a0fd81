package golden

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // "pgx"

	"github.com/fabgen/fabgen/internal/pgtest"
	"github.com/fabgen/fabgen/internal/redistest"
	"github.com/fabgen/fabgen/runtime/auth"
	"github.com/fabgen/fabgen/runtime/fabrictest"
)

const (
	demoItem = demoWorkload + ".Forecast"
	demoJob  = demoItem + ".Train"
)

// cluster is two replicas of the demo on one Postgres and one Redis.
type cluster struct {
	*program
	database      string
	first, second *replica
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the demo's server")
	}
	database, redis := pgtest.Database(t), redistest.Start(t)
	c := &cluster{program: build(t, "demo"), database: database}
	env := []string{"DATABASE_URL=" + database, "TOKEN_CACHE_URL=" + redis.Address}
	c.first, c.second = c.start(t, env...), c.start(t, env...)
	return c
}

// on calls a replica as Fabric does.
func (c *cluster) on(r *replica) *fabrictest.Client { return c.fabric.Client(r.url + "/workload") }

func newForecast() fabrictest.Item {
	return fabrictest.Item{WorkspaceID: fabrictest.NewID(), Type: demoItem, ID: fabrictest.NewID()}
}

// want holds an answer to a status.
func want(t testing.TB, status int) func(*fabrictest.Response, error) *fabrictest.Response {
	return func(got *fabrictest.Response, err error) *fabrictest.Response {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if got.Status != status {
			t.Fatalf("status %d, want %d: %s", got.Status, status, got.Body)
		}
		return got
	}
}

// rows counts the items of a workspace in the database itself.
func (c *cluster) rows(t *testing.T, workspace string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", c.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(*) FROM fabgen_items WHERE workspace_id = $1", workspace).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// startJob makes an item on the first replica and starts a job on it that waits for Entra.
func (c *cluster) startJob(t *testing.T) fabrictest.Job {
	t.Helper()
	item := newForecast()
	want(t, 200)(c.on(c.first).Create(t.Context(), item, map[string]any{"displayName": "A"}))
	job := fabrictest.Job{Item: item, Type: demoJob, ID: fabrictest.NewID()}
	want(t, 202)(c.on(c.first).StartJob(t.Context(), job, map[string]any{"invokeType": "Manual"}))
	return job
}

// awaitStatus polls a job on a replica until it has a status.
func (c *cluster) awaitStatus(t *testing.T, r *replica, job fabrictest.Job, within time.Duration, status string) {
	t.Helper()
	var state struct{ Status string }
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err := want(t, 200)(c.on(r).JobStatus(t.Context(), job)).JSON(&state); err != nil {
			t.Fatal(err)
		}
		if state.Status == status {
			return
		}
	}
	t.Fatalf("the job is %s after %s, want %s; log:\n%s", state.Status, within, status, r.logs)
}

func TestReplicasShareItemsAndJobs(t *testing.T) {
	c := startCluster(t)
	item := newForecast()
	want(t, 200)(c.on(c.first).Create(t.Context(), item, map[string]any{"displayName": "A",
		"creationPayload": map[string]any{"notes": "of the first"}}))
	got := want(t, 200)(c.on(c.second).Payload(t.Context(), item))
	if !strings.Contains(string(got.Body), "of the first") {
		t.Errorf("the second replica has %s", got.Body)
	}

	done := fabrictest.Job{Item: item, Type: demoJob, ID: fabrictest.NewID()}
	want(t, 202)(c.on(c.first).StartJob(t.Context(), done, map[string]any{"invokeType": "Manual"}))
	c.awaitStatus(t, c.second, done, 10*time.Second, "Completed")

	c.entra.SetLatency(time.Minute)
	job := c.startJob(t)
	c.awaitStatus(t, c.second, job, 10*time.Second, "InProgress")
	want(t, 200)(c.on(c.second).CancelJob(t.Context(), job))
	for deadline := time.Now().Add(15 * time.Second); !strings.Contains(c.first.logs.String(), `"status":"Cancelled"`); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the cancellation did not reach the replica that runs the job:\n%s", c.first.logs)
		}
	}
}

// A replica that is killed loses no item, and its job ends within one lease, of 20 seconds, on the other one.
func TestAKilledReplicaLosesNothing(t *testing.T) {
	c := startCluster(t)
	var items []fabrictest.Item
	for range 20 {
		item := newForecast()
		want(t, 200)(c.on(c.first).Create(t.Context(), item, map[string]any{"displayName": "A"}))
		items = append(items, item)
	}
	c.entra.SetLatency(time.Minute)
	job := c.startJob(t)
	c.awaitStatus(t, c.second, job, 10*time.Second, "InProgress")
	if err := c.first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	c.awaitStatus(t, c.second, job, 20*time.Second, "Failed")
	t.Logf("the job ended %s after its replica was killed", time.Since(killed).Round(100*time.Millisecond))
	for _, item := range items {
		want(t, 200)(c.on(c.second).Payload(t.Context(), item))
	}
}

// Many clients make the same items at the same time on both replicas, and each item is there once.
func TestManyCreatesAtOnce(t *testing.T) {
	c := startCluster(t)
	const calls, clients, different = 10_000, 64, 2_500
	items := make([]fabrictest.Item, different)
	workspace := fabrictest.NewID()
	for i := range items {
		items[i] = fabrictest.Item{WorkspaceID: workspace, Type: demoItem, ID: fabrictest.NewID()}
	}
	tokens := c.on(c.first).Tokens()
	next := make(chan int, calls)
	for n := range calls {
		next <- n
	}
	close(next)
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	var group sync.WaitGroup
	for n := range clients {
		group.Go(func() {
			client := c.on([]*replica{c.first, c.second}[n%2])
			client.HTTP = &http.Client{Transport: transport}
			fixed := tokens
			client.Tokens = func() auth.SubjectAndApp { return fixed }
			for n := range next {
				got, err := client.Create(t.Context(), items[n%different], map[string]any{"displayName": fmt.Sprint(n)})
				if err != nil || got.Status != http.StatusOK {
					t.Errorf("create: %v %+v", err, got)
					return
				}
			}
		})
	}
	group.Wait()
	if n := c.rows(t, workspace); n != different {
		t.Errorf("%d rows, want %d", n, different)
	}
}
