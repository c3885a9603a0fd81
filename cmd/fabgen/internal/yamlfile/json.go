package yamlfile

import (
	"encoding/json"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// JSON is a value that a person writes as YAML, and that is sent as JSON. It is nil where nothing, or null, was written.
type JSON json.RawMessage

// UnmarshalYAML implements yaml.NodeUnmarshaler. It refuses what JSON has no word for: .nan and .inf.
func (j *JSON) UnmarshalYAML(n ast.Node) error {
	var value any
	if err := yaml.NodeToValue(n, &value); err != nil {
		return fmt.Errorf("reading a value: %w", err)
	}
	if value == nil {
		*j = nil
		return nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		return &yaml.SyntaxError{Token: n.GetToken(), Message: fmt.Sprintf("found what JSON cannot say: %v", err)}
	}
	*j = data
	return nil
}
