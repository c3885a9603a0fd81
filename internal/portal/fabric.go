package portal

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fabgen/fabgen/runtime/fabrictest"
)

// Fabric keeps the items of one workspace, their jobs and schedules, and calls the workload's back-end with each change as
// Fabric does. It is safe for concurrent use, its exported fields aside, which are set before New takes it.
type Fabric struct {
	WorkspaceID string
	// Client gives a client of the back-end with a user's tokens; with none where the user is "".
	Client func(user string) *fabrictest.Client
	// OnItem is told of each item that comes to be, is read from File, or has another name, and, with gone, of each that
	// goes. Optional.
	OnItem func(item fabrictest.Item, displayName string, gone bool)
	// File is where all of it is kept over restarts. "" keeps it in memory.
	File string
	// PollEvery is how often Run asks the workload for the state of each job that has not ended. Default: two seconds.
	PollEvery time.Duration

	mu        sync.Mutex
	loaded    bool
	items     []*item // in the order of their creation
	jobs      []*job
	schedules []*schedule
	notes     []note
	noted     int // the number of notes that there ever were
}

// maxItems bounds the items of the workspace.
const maxItems = 1000

type item struct {
	fabrictest.Item
	displayName, description string
	etag                     int
	user                     string // who has made it
}

// itemFields are an item as the front-end sees it, by the names of the wire. Fabric leaves out what is empty.
type itemFields struct {
	ObjectID        string `json:"objectId"`
	ArtifactType    string `json:"artifactType"`
	DisplayName     string `json:"displayName"`
	Description     string `json:"description,omitempty"`
	FolderObjectID  string `json:"folderObjectId"`
	WorkloadPayload string `json:"workloadPayload,omitempty"`
	Etag            string `json:"etag"`
}

func (i *item) fields(payload string) itemFields {
	return itemFields{ObjectID: i.ID, ArtifactType: i.Type, DisplayName: i.displayName, Description: i.description,
		FolderObjectID: i.WorkspaceID, WorkloadPayload: payload, Etag: strconv.Itoa(i.etag)}
}

// changes are what the front-end sends of an item. What is nil stays as it is.
type changes struct {
	ArtifactType    string  `json:"artifactType"`
	DisplayName     *string `json:"displayName"`
	Description     *string `json:"description"`
	WorkloadPayload *string `json:"workloadPayload"`
}

// body is the contract's, with the payload under its name.
func (c changes) body(payload string) (map[string]any, error) {
	body := map[string]any{}
	if c.DisplayName != nil {
		body["displayName"] = *c.DisplayName
	}
	if c.Description != nil {
		body["description"] = *c.Description
	}
	if c.WorkloadPayload != nil {
		if !json.Valid([]byte(*c.WorkloadPayload)) {
			return nil, rejectf(http.StatusBadRequest, "InvalidPayload", "workloadPayload is no JSON")
		}
		body[payload] = json.RawMessage(*c.WorkloadPayload)
	}
	return body, nil
}

func (c changes) apply(i *item) {
	if c.DisplayName != nil {
		i.displayName = *c.DisplayName
	}
	if c.Description != nil {
		i.description = *c.Description
	}
	i.etag++
}

type createFields struct {
	WorkspaceObjectID string  `json:"workspaceObjectId"`
	Payload           changes `json:"payload"`
}

func (f *Fabric) create(ctx context.Context, user string, fields createFields) (any, error) {
	if fields.WorkspaceObjectID != f.WorkspaceID {
		return nil, rejectf(http.StatusNotFound, "WorkspaceNotFound", "there is no such workspace")
	}
	body, err := fields.Payload.body("creationPayload")
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	full := len(f.items) >= maxItems
	f.mu.Unlock()
	if full {
		return nil, rejectf(http.StatusForbidden, "WorkspaceFull", "the local workspace holds %d items at most; delete some", maxItems)
	}
	made := &item{Item: fabrictest.Item{WorkspaceID: f.WorkspaceID, Type: fields.Payload.ArtifactType, ID: fabrictest.NewID()}, user: user}
	name := ""
	if fields.Payload.DisplayName != nil {
		name = *fields.Payload.DisplayName
	}
	f.announce(made, name, false) // the workload may ask for it at once
	if _, err := worked(f.Client(user).Create(ctx, made.Item, body)); err != nil {
		f.announce(made, name, true)
		return nil, err
	}
	fields.Payload.apply(made)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, made)
	f.save()
	return made.fields(""), nil
}

func (f *Fabric) announce(i *item, displayName string, gone bool) {
	if f.OnItem != nil {
		f.OnItem(i.Item, displayName, gone)
	}
}

type objectFields struct {
	ObjectID string `json:"objectId"`
}

func (f *Fabric) get(ctx context.Context, user string, fields objectFields) (any, error) {
	i, err := f.find(fields.ObjectID)
	if err != nil {
		return nil, err
	}
	resp, err := worked(f.Client(user).Payload(ctx, i.Item))
	if err != nil {
		return nil, err
	}
	var body struct {
		ItemPayload json.RawMessage `json:"itemPayload"`
	}
	if err := resp.JSON(&body); err != nil {
		return nil, workloadFailed(resp)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return i.fields(string(body.ItemPayload)), nil
}

type updateFields struct {
	ObjectID string  `json:"objectId"`
	Etag     string  `json:"etag"`
	Payload  changes `json:"payload"`
}

func (f *Fabric) update(ctx context.Context, user string, fields updateFields) (any, error) {
	i, err := f.find(fields.ObjectID)
	if err != nil {
		return nil, err
	}
	body, err := fields.Payload.body("updatePayload")
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	current, name := strconv.Itoa(i.etag), i.displayName
	f.mu.Unlock()
	if fields.Etag != "" && fields.Etag != current {
		return nil, rejectf(http.StatusPreconditionFailed, "PreconditionFailed", "the item was changed meanwhile")
	}
	if _, err := worked(f.Client(user).Update(ctx, i.Item, body)); err != nil {
		return nil, err
	}
	if renamed := fields.Payload.DisplayName; renamed != nil && *renamed != name {
		f.announce(i, *renamed, false)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	fields.Payload.apply(i)
	f.save()
	return i.fields(""), nil
}

func (f *Fabric) drop(ctx context.Context, user string, fields objectFields) (any, error) {
	return f.dropWith(ctx, f.Client(user), fields.ObjectID)
}

// dropAsFabric deletes an item as Fabric does on nobody's behalf, for example when its workspace is deleted: without a
// subject token, and in the tenant of who has made the item.
func (f *Fabric) dropAsFabric(ctx context.Context, _ string, fields objectFields) (any, error) {
	i, err := f.find(fields.ObjectID)
	if err != nil {
		return nil, err
	}
	nobody := *f.Client("")
	nobody.TenantID = cmp.Or(f.Client(i.user).TenantID, nobody.TenantID)
	return f.dropWith(ctx, &nobody, fields.ObjectID)
}

func (f *Fabric) dropWith(ctx context.Context, client *fabrictest.Client, id string) (any, error) {
	i, err := f.find(id)
	if err != nil {
		return nil, err
	}
	if _, err := worked(client.Delete(ctx, i.Item)); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.items = slices.DeleteFunc(f.items, func(other *item) bool { return other == i })
	f.jobs = slices.DeleteFunc(f.jobs, func(j *job) bool { return j.Item == i.Item })
	f.schedules = slices.DeleteFunc(f.schedules, func(s *schedule) bool { return s.item == i.Item })
	f.save()
	name := i.displayName
	f.mu.Unlock()
	f.announce(i, name, true)
	return map[string]any{"success": true}, nil
}

func (f *Fabric) find(id string) (*item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range f.items {
		if strings.EqualFold(i.ID, id) {
			return i, nil
		}
	}
	return nil, rejectf(http.StatusNotFound, "ItemNotFound", "there is no such item")
}

// worked turns a workload's failure into an error.
func worked(resp *fabrictest.Response, err error) (*fabrictest.Response, error) {
	switch {
	case err != nil:
		return nil, err
	case resp.Status >= http.StatusMultipleChoices:
		return nil, workloadFailed(resp)
	}
	return resp, nil
}
