package workload

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// keptJobs bounds how many ended jobs a memory store remembers, for those who still ask for their state.
const keptJobs = 10_000

// memoryStore keeps everything in this process and loses it with the process.
type memoryStore struct {
	mu    sync.Mutex
	items map[ItemKey]Item
	jobs  map[JobKey]JobRecord
	open  map[ItemKey]map[JobKey]bool
	ended []JobKey // oldest first
}

// NewMemoryStore makes a Store that lives in this process alone: for one replica, for development and for tests.
func NewMemoryStore() Store {
	return &memoryStore{
		items: map[ItemKey]Item{},
		jobs:  map[JobKey]JobRecord{},
		open:  map[ItemKey]map[JobKey]bool{},
	}
}

func (m *memoryStore) CreateItem(_ context.Context, item Item) (Item, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, ok := m.items[item.Key()]; ok {
		return cloneItem(found), false, nil
	}
	m.items[item.Key()] = cloneItem(item)
	return cloneItem(item), true, nil
}

func (m *memoryStore) Item(_ context.Context, key ItemKey) (Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, ok := m.items[key]
	if !ok {
		return Item{}, ErrNotFound
	}
	return cloneItem(item), nil
}

func (m *memoryStore) SaveItem(_ context.Context, item Item) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok := m.items[item.Key()]
	switch {
	case !ok:
		return ErrNotFound
	case found.Revision != item.Revision:
		return ErrConflict
	}
	item.Revision++
	m.items[item.Key()] = cloneItem(item)
	return nil
}

func (m *memoryStore) DeleteItem(_ context.Context, key ItemKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, key)
	for open := range m.open[key] {
		m.change(open, func(job *JobRecord, now time.Time) bool { return job.State.end(JobCancelled, now, nil) })
	}
	return nil
}

func (m *memoryStore) CreateJob(_ context.Context, job JobRecord, lease time.Duration) (JobRecord, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, ok := m.jobs[job.Key]; ok {
		return found, false, nil
	}
	if _, ok := m.items[job.Key.ItemKey]; !ok {
		return JobRecord{}, false, ErrNotFound
	}
	job.Leased = storeTime().Add(lease)
	m.jobs[job.Key] = job
	if m.open[job.Key.ItemKey] == nil {
		m.open[job.Key.ItemKey] = map[JobKey]bool{}
	}
	m.open[job.Key.ItemKey][job.Key] = true
	return job, true, nil
}

func (m *memoryStore) Job(_ context.Context, key JobKey) (JobRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	job, ok := m.jobs[key]
	if !ok {
		return JobRecord{}, ErrNotFound
	}
	return job, nil
}

func (m *memoryStore) OpenJobs(_ context.Context, item ItemKey) ([]JobKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := make([]JobKey, 0, len(m.open[item]))
	for key := range m.open[item] {
		keys = append(keys, key)
	}
	return keys, nil
}

func (m *memoryStore) UpdateJob(_ context.Context, key JobKey, change func(*JobRecord, time.Time) bool,
) (JobRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.jobs[key]; !ok {
		return JobRecord{}, ErrNotFound
	}
	m.change(key, change)
	return m.jobs[key], nil
}

// change is UpdateJob of a job that is there, under the lock.
func (m *memoryStore) change(key JobKey, change func(*JobRecord, time.Time) bool) {
	before := m.jobs[key]
	job := before
	if !change(&job, storeTime()) {
		return
	}
	m.jobs[key] = job
	if job.State.Ended() && !before.State.Ended() {
		m.close(key)
	}
}

// close files a job among the ended ones, of which the oldest are forgotten.
func (m *memoryStore) close(key JobKey) {
	delete(m.open[key.ItemKey], key)
	if len(m.open[key.ItemKey]) == 0 {
		delete(m.open, key.ItemKey)
	}
	m.ended = append(m.ended, key)
	if len(m.ended) > keptJobs {
		delete(m.jobs, m.ended[0])
		m.ended = m.ended[1:]
	}
}

func (m *memoryStore) RenewLeases(_ context.Context, owner string, lease time.Duration) ([]JobKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var held []JobKey
	for _, jobs := range m.open {
		for key := range jobs {
			if job := m.jobs[key]; job.Owner == owner {
				job.Leased = storeTime().Add(lease)
				m.jobs[key] = job
				held = append(held, key)
			}
		}
	}
	return held, nil
}

func (m *memoryStore) LostJobs(_ context.Context, limit int) ([]JobKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var lost []JobKey
	for _, jobs := range m.open {
		for key := range jobs {
			if m.jobs[key].Leased.Before(storeTime()) && len(lost) < limit {
				lost = append(lost, key)
			}
		}
	}
	return lost, nil
}

func (m *memoryStore) DropJobs(_ context.Context, age time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.ended) > 0 {
		end := m.jobs[m.ended[0]].State.End
		if end != nil && storeTime().Sub(*end) < age {
			break
		}
		delete(m.jobs, m.ended[0])
		m.ended = m.ended[1:]
	}
	return nil
}

func (m *memoryStore) Ready(context.Context) error { return nil }

func cloneItem(item Item) Item {
	item.Payload = bytes.Clone(item.Payload)
	return item
}

// storeTime is a memory store's clock.
func storeTime() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
