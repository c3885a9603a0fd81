package workload

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/fabgen/fabgen/runtime/apierror"
)

// createItem makes an item once: a repeated call finds it there and changes nothing.
func (s *Service) createItem(w http.ResponseWriter, r *http.Request, t target) error {
	body, err := readMembers(w, r)
	if err != nil {
		return err
	}
	item := Item{TenantID: t.key.TenantID, WorkspaceID: t.key.WorkspaceID, ItemID: t.key.ItemID, Type: t.itemType.Name}
	named, err := body.describe(&item)
	if err != nil {
		return err
	}
	if !named {
		return invalidBody("it has no displayName")
	}
	unlock, err := s.locks.lock(r.Context(), t.key)
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.create(r.Context(), t, item, body.value("creationPayload")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Service) create(ctx context.Context, t target, item Item, payload json.RawMessage) error {
	found, err := s.store.Item(ctx, t.key)
	if errors.Is(err, ErrNotFound) {
		if err := t.itemType.Handler.Create(ctx, &item, payload); err != nil {
			return err
		}
		found, _, err = s.store.CreateItem(ctx, item.keyed(t))
	}
	if err == nil && found.Type != t.itemType.Name {
		return apierror.New(http.StatusConflict, apierror.Conflict,
			"There is an item of another type with this ID.").Permanent(true)
	}
	return err
}

// updateItem changes what the call names and keeps the rest.
func (s *Service) updateItem(w http.ResponseWriter, r *http.Request, t target) error {
	body, err := readMembers(w, r)
	if err != nil {
		return err
	}
	unlock, err := s.locks.lock(r.Context(), t.key)
	if err != nil {
		return err
	}
	defer unlock()
	for attempt := 1; ; attempt++ {
		err := s.update(r.Context(), t, body)
		if errors.Is(err, ErrConflict) && attempt < updateAttempts {
			continue
		}
		if err == nil {
			w.WriteHeader(http.StatusOK)
		}
		return err
	}
}

// updateAttempts is how often an update is made where other replicas change the same item at the same time.
const updateAttempts = 5

func (s *Service) update(ctx context.Context, t target, body members) error {
	item, err := s.item(ctx, t)
	if err != nil {
		return err
	}
	revision := item.Revision
	if _, err := body.describe(&item); err != nil {
		return err
	}
	if err := t.itemType.Handler.Update(ctx, &item, body.value("updatePayload")); err != nil {
		return err
	}
	item = item.keyed(t)
	item.Revision = revision
	return s.store.SaveItem(ctx, item)
}

// deleteItem drops an item and cancels its jobs. Deleting what is not there is done already.
func (s *Service) deleteItem(w http.ResponseWriter, r *http.Request, t target) error {
	ctx := r.Context()
	unlock, err := s.locks.lock(ctx, t.key)
	if err != nil {
		return err
	}
	defer unlock()
	item, err := s.item(ctx, t)
	if errors.Is(err, ErrNotFound) {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.cancelJobs(ctx, t.key); err != nil {
		return err
	}
	if err := t.itemType.Handler.Delete(ctx, &item); err != nil {
		return err
	}
	if err := s.store.DeleteItem(ctx, t.key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Service) itemPayload(w http.ResponseWriter, r *http.Request, t target) error {
	item, err := s.item(r.Context(), t)
	if err != nil {
		return err
	}
	payload, err := t.itemType.Handler.Payload(r.Context(), &item)
	if err != nil {
		return err
	}
	return WriteJSON(w, http.StatusOK, map[string]any{"itemPayload": payload})
}

// item gives the stored item, or ErrNotFound also where the item is of another type than the path says.
func (s *Service) item(ctx context.Context, t target) (Item, error) {
	item, err := s.store.Item(ctx, t.key)
	if err == nil && item.Type != t.itemType.Name {
		return Item{}, ErrNotFound
	}
	return item, err
}

// keyed gives the item with the identity that the call named, whatever its handler did to it.
func (i Item) keyed(t target) Item {
	i.TenantID, i.WorkspaceID, i.ItemID, i.Type = t.key.TenantID, t.key.WorkspaceID, t.key.ItemID, t.itemType.Name
	return i
}

// describe takes name and description, where they are there, into item, and says whether the name is.
func (m members) describe(item *Item) (named bool, err error) {
	name, err := m.displayName()
	if err != nil {
		return false, err
	}
	description, err := m.text("description")
	if err != nil {
		return false, err
	}
	if name != nil {
		item.DisplayName = *name
	}
	if description != nil {
		item.Description = *description
	}
	return name != nil, nil
}
