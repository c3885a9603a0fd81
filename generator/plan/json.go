package plan

import "encoding/json"

// MarshalJSON gives path, action, class and reason; contents stay out.
func (a Action) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Path   string `json:"path"`
		From   string `json:"from,omitempty"`
		Action string `json:"action"`
		Class  string `json:"class"`
		Reason string `json:"reason"`
	}{a.Path, a.From, a.Kind.String(), a.Class.String(), a.Reason})
}

// MarshalJSON gives the folder, the counts and every action.
func (p *Plan) MarshalJSON() ([]byte, error) {
	actions := p.Actions
	if actions == nil {
		actions = []Action{}
	}
	return json.Marshal(struct {
		Dir     string   `json:"dir"`
		Changes bool     `json:"changes"`
		Counts  Counts   `json:"counts"`
		Actions []Action `json:"actions"`
	}{p.Dir, p.Changes(), p.Counts(), actions})
}
