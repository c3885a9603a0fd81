package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/format"
	"io"
	"path"
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml/parser"
)

// syntaxError is a rendering that does not parse.
type syntaxError struct {
	line int // of the rendering, from 1; 0 where the parser did not say
	err  error
}

func (e *syntaxError) Error() string { return e.err.Error() }
func (e *syntaxError) Unwrap() error { return e.err }

// tidy formats Go and re-parses every format that can be, so that no broken file is ever written.
func tidy(name string, data []byte) ([]byte, error) {
	switch path.Ext(name) {
	case ".go":
		return formatGo(data)
	case ".json":
		return data, checkJSON(data)
	case ".xml":
		return data, checkXML(data)
	case ".yaml", ".yml":
		return data, checkYAML(data)
	}
	return data, nil
}

var goPosition = regexp.MustCompile(`^(\d+):\d+: `)

// formatGo sorts the imports of each group and formats.
func formatGo(data []byte) ([]byte, error) {
	out, err := format.Source(data)
	if err != nil {
		return nil, positioned(goPosition, err)
	}
	return out, nil
}

func checkJSON(data []byte) error {
	if json.Valid(data) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	var value json.RawMessage
	err := dec.Decode(&value)
	if err == nil {
		err = errors.New("text after the end of the JSON value")
	}
	offset := dec.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	offset = min(offset, int64(len(data)))
	return &syntaxError{line: 1 + bytes.Count(data[:offset], []byte("\n")), err: err}
}

func checkXML(data []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		_, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			line, _ := dec.InputPos()
			return &syntaxError{line: line, err: err}
		}
	}
}

var yamlPosition = regexp.MustCompile(`\[(\d+):\d+\] `)

func checkYAML(data []byte) error {
	if _, err := parser.ParseBytes(data, 0); err != nil {
		return positioned(yamlPosition, err)
	}
	return nil
}

// positioned takes the line out of a message that begins with its position.
func positioned(position *regexp.Regexp, err error) error {
	line := 0
	if m := position.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	return &syntaxError{line: line, err: fmt.Errorf("it does not parse: %w", err)}
}
