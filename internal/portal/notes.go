package portal

import (
	"context"
	"encoding/json"
	"errors"
)

// note is what the portal tells a person of what happened without them.
type note struct {
	Number    int    `json:"number"` // they are counted from 1
	User      string `json:"user"`   // whom it is about
	Title     string `json:"title"`
	Message   string `json:"message,omitempty"`
	Code      string `json:"code,omitempty"`
	RequestID string `json:"requestId,omitempty"`
	Bad       bool   `json:"bad"`
}

// maxNotes bounds the notes that are kept.
const maxNotes = 50

// tell keeps a note for the page. f.mu is held.
func (f *Fabric) tell(n note) {
	f.noted++
	n.Number = f.noted
	f.notes = append(f.notes, n)
	if len(f.notes) > maxNotes {
		f.notes = f.notes[1:]
	}
}

// failure is a note of an error.
func failure(title string, err error, user string) note {
	n := note{Title: title, Message: err.Error(), User: user, Bad: true}
	var r *rejection
	if !errors.As(err, &r) {
		return n
	}
	n.Code, n.Message, n.RequestID = r.code, r.message, r.requestID
	if code, message := codeAndMessage([]byte(r.details)); code != "" {
		n.Code, n.Message = code, message
	}
	return n
}

// codeAndMessage are those of an error body of the contract.
func codeAndMessage(details []byte) (code, message string) {
	var body struct {
		ErrorCode string `json:"errorCode"`
		Message   string `json:"message"`
	}
	_ = json.Unmarshal(details, &body) // what is none has neither
	return body.ErrorCode, body.Message
}

type stateFields struct {
	After int `json:"after"` // the last note that the page has shown; less than zero for none of those that there are
}

// pageJob is a run as the page sees it.
type pageJob struct {
	jobFields
	User string `json:"user"` // who has started it, or made its schedule
}

// state is the page's own call: all that it shows of the workspace, and the notes that are new to it.
func (f *Fabric) state(_ context.Context, _ string, fields stateFields) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	items, jobs, schedules, notes := []itemFields{}, []pageJob{}, []scheduleFields{}, []note{}
	for _, i := range f.items {
		items = append(items, i.fields(""))
	}
	for _, j := range f.jobs {
		jobs = append(jobs, pageJob{j.fields(), j.user})
	}
	for _, s := range f.schedules {
		schedules = append(schedules, s.fields())
	}
	for _, n := range f.notes {
		if fields.After >= 0 && n.Number > fields.After {
			notes = append(notes, n)
		}
	}
	return map[string]any{"artifacts": items, "jobs": jobs, "schedules": schedules, "notes": notes, "noted": f.noted}, nil
}
