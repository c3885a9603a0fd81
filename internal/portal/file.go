package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// fileVersion is that of the form below.
const fileVersion = 1

// maxStateFile bounds Fabric.File, in bytes.
const maxStateFile = 64 << 20

// kept is what Fabric.File holds.
type kept struct {
	Version     int            `json:"version"`
	WorkspaceID string         `json:"workspaceId"`
	Items       []keptItem     `json:"items"`
	Jobs        []keptJob      `json:"jobs"`
	Schedules   []keptSchedule `json:"schedules"`
}

type keptItem struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	DisplayName string `json:"displayName"`
	Description string `json:"description,omitempty"`
	Etag        int    `json:"etag"`
	User        string `json:"user"`
}

type keptJob struct {
	ID        string    `json:"id"`
	ItemID    string    `json:"itemId"`
	Type      string    `json:"type"`
	User      string    `json:"user"`
	Triggered time.Time `json:"triggered"`
	Schedule  string    `json:"schedule,omitempty"`
	State     jobState  `json:"state"`
}

type keptSchedule struct {
	ID      string `json:"id"`
	ItemID  string `json:"itemId"`
	JobType string `json:"jobType"`
	User    string `json:"user"`
	Every   int    `json:"everySeconds"`
	LastRun string `json:"lastRun,omitempty"`
}

// save writes File, where there is one. That it fails is told to the person: what was done at the workload is done. f.mu
// is held.
func (f *Fabric) save() {
	if f.File == "" {
		return
	}
	if err := replaceFile(f.File, f.kept()); err != nil {
		f.tell(note{Title: "The workspace is not saved", Message: err.Error(), Code: "StateNotSaved", Bad: true})
	}
}

func (f *Fabric) kept() kept {
	k := kept{Version: fileVersion, WorkspaceID: f.WorkspaceID, Items: []keptItem{}, Jobs: []keptJob{}, Schedules: []keptSchedule{}}
	for _, i := range f.items {
		k.Items = append(k.Items, keptItem{i.ID, i.Type, i.displayName, i.description, i.etag, i.user})
	}
	for _, j := range f.jobs {
		k.Jobs = append(k.Jobs, keptJob{j.ID, j.Item.ID, j.Type, j.user, j.triggered, j.schedule, j.state})
	}
	for _, s := range f.schedules {
		one := keptSchedule{s.id, s.item.ID, s.jobType, s.user, int(s.every / time.Second), ""}
		if s.last != nil {
			one.LastRun = s.last.ID
		}
		k.Schedules = append(k.Schedules, one)
	}
	return k
}

// replaceFile puts a value in place of a file at once, so that a crash leaves one or the other.
func replaceFile(name string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the workspace: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("keeping the workspace: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".workspace-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("keeping the workspace: %w", err)
	}
	defer os.Remove(file.Name()) // gone already where all went well
	_, err = file.Write(append(data, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keeping the workspace: %w", err)
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return fmt.Errorf("keeping the workspace: %w", err)
	}
	return nil
}

// load reads File once. A file that cannot be read is an error, and stays as it is.
func (f *Fabric) load() error {
	f.mu.Lock()
	if f.loaded || f.File == "" {
		f.mu.Unlock()
		return nil
	}
	k, err := readKept(f.File, f.WorkspaceID)
	if err != nil {
		f.mu.Unlock()
		return fmt.Errorf("portal: reading the local workspace from %s: %w; the file is left as it is: "+
			"put it right, or move it away to begin with an empty workspace", f.File, err)
	}
	f.restore(k)
	f.loaded = true
	items := slices.Clone(f.items)
	f.mu.Unlock()
	for _, i := range items {
		f.announce(i, i.displayName, false)
	}
	return nil
}

func readKept(name, workspaceID string) (kept, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return kept{Version: fileVersion, WorkspaceID: workspaceID}, nil
	}
	if err != nil {
		return kept{}, err
	}
	if info.Size() > maxStateFile {
		return kept{}, fmt.Errorf("it has %d bytes, and at most %d are read", info.Size(), maxStateFile)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return kept{}, err
	}
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return kept{}, fmt.Errorf("it is no JSON of a workspace: %w", err)
	}
	return k, k.check(workspaceID)
}

// check holds that the parts fit together.
func (k kept) check(workspaceID string) error {
	if k.Version != fileVersion {
		return fmt.Errorf("its version is %d, and this fabgen knows version %d", k.Version, fileVersion)
	}
	if k.WorkspaceID != workspaceID {
		return fmt.Errorf("it is of the workspace %q, and this one is %q", k.WorkspaceID, workspaceID)
	}
	items := map[string]bool{}
	for n, i := range k.Items {
		if i.ID == "" || i.Type == "" || items[i.ID] {
			return fmt.Errorf("items[%d] has no ID or type, or another's ID", n)
		}
		items[i.ID] = true
	}
	for n, j := range k.Jobs {
		if j.ID == "" || j.Type == "" || !items[j.ItemID] || !slices.Contains(statuses, j.State.Status) {
			return fmt.Errorf("jobs[%d] has no ID, type or known status, or no item: its itemId is %s", n, strconv.Quote(j.ItemID))
		}
	}
	for n, s := range k.Schedules {
		if s.ID == "" || s.JobType == "" || !items[s.ItemID] || s.Every < shortestEvery || s.Every > longestEvery {
			return fmt.Errorf("schedules[%d] has no ID or job, or no item, or runs each %d seconds", n, s.Every)
		}
	}
	return nil
}

// restore makes of a file what it was made of. Schedules begin anew: what they have missed is not made up for. f.mu is
// held.
func (f *Fabric) restore(k kept) {
	named := func(i keptItem) fabrictest.Item {
		return fabrictest.Item{WorkspaceID: f.WorkspaceID, Type: i.Type, ID: i.ID}
	}
	items, jobs := map[string]fabrictest.Item{}, map[string]*job{}
	for _, i := range k.Items {
		items[i.ID] = named(i)
		f.items = append(f.items, &item{Item: named(i), displayName: i.DisplayName, description: i.Description, etag: i.Etag, user: i.User})
	}
	for _, j := range k.Jobs {
		jobs[j.ID] = &job{Job: fabrictest.Job{Item: items[j.ItemID], Type: j.Type, ID: j.ID}, user: j.User,
			triggered: j.Triggered, schedule: j.Schedule, state: j.State}
		f.jobs = append(f.jobs, jobs[j.ID])
	}
	for _, s := range k.Schedules {
		every := time.Duration(s.Every) * time.Second
		f.schedules = append(f.schedules, &schedule{id: s.ID, item: items[s.ItemID], jobType: s.JobType, user: s.User, every: every,
			next: time.Now().Add(every), last: jobs[s.LastRun]})
	}
}
