package inspector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/hops"
)

// How often a connection on which nothing happens is written to, and how long a write may take.
const (
	heartbeat    = 15 * time.Second
	writeTimeout = 30 * time.Second
)

// batch is one event: what has changed since the one before.
type batch struct {
	// Anew says that this is all there is, whatever the page has.
	Anew   bool  `json:"anew,omitempty"`
	Oldest int   `json:"oldest"` // hops before it are gone
	Hops   []row `json:"hops"`
}

// row is a hop as the page gets it.
type row struct {
	hops.Hop
	At int64 `json:"at"` // microseconds since 1970
}

// events sends what happens as server-sent events. An event's ID says what the page knows by then, and the browser
// sends it when it comes back.
func (i *inspector) events(w http.ResponseWriter, r *http.Request) {
	run, known, _ := strings.Cut(r.Header.Get("Last-Event-ID"), ".")
	change, err := strconv.Atoi(known)
	anew := run != i.run || err != nil || change < 0
	if anew {
		change = 0
	}
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	for first := true; ; first = false {
		view, changed := i.Recorder.Watch(change)
		if first || view.Change != change {
			err = send(w, control, fmt.Sprintf("%s.%d", i.run, view.Change), batch{anew, view.Oldest, rows(view.Hops)})
		} else {
			err = beat(w, control)
		}
		if err != nil {
			return // the page is gone
		}
		change, anew = view.Change, false
		if !pause(r, changed) {
			return
		}
	}
}

// pause waits for a change, or for the time of a heartbeat. It says whether the page is still there.
func pause(r *http.Request, changed <-chan struct{}) bool {
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	select {
	case <-changed:
		return true
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func rows(list []hops.Hop) []row {
	out := make([]row, len(list))
	for i, h := range list {
		out[i] = row{h, h.Time.UnixMicro()}
	}
	return out
}

func send(w http.ResponseWriter, control *http.ResponseController, id string, b batch) error {
	data, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("inspector: writing hops: %w", err)
	}
	return write(w, control, "id: "+id+"\ndata: "+string(data)+"\n\n")
}

// beat is an event of its own, since a page does not see comments.
func beat(w http.ResponseWriter, control *http.ResponseController) error {
	return write(w, control, "event: beat\ndata: \n\n")
}

func write(w http.ResponseWriter, control *http.ResponseController, text string) error {
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout)) // a writer that has none has no limit either
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return control.Flush()
}
