package auth

import (
	"encoding/json"
	"strings"
	"testing"
)

// collect is a sink that keeps strings and skips the rest.
type collect map[string]string

func (c collect) member(name []byte, s *jsonScanner) error {
	if s.next() != '"' {
		return s.skip()
	}
	value, err := s.text()
	c[string(name)] = string(value)
	return err
}

func TestScanObjectTakes(t *testing.T) {
	for text, want := range map[string]collect{
		`{}`:                                 {},
		" \t\r\n{ \"a\" : \"b\" , \"c\":1} ": {"a": "b"}, //nolint:gocritic // white space is what this tests
		`{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}`: {"a": "\"\\/\b\f\n\r\té😀"},
		`{"\u0061":"x"}`: {"a": "x"},
		`{"a":"é😀"}`:     {"a": "é😀"},
		`{"a":[],"b":{},"c":[1,-0,0.5,1e9,2E-3,true,false,null,{"a":"x"}],"d":"y"}`: {"d": "y"},
		`{"a":` + strings.Repeat("[", 15) + strings.Repeat("]", 15) + `,"b":"x"}`:   {"b": "x"},
		`{"a":{"n":1},"b":{"n":1}}`: {},
	} {
		got := collect{}
		var s jsonScanner
		if err := s.scanObject([]byte(text), got); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s: %s = %q, want %q", text, name, got[name], value)
			}
		}
	}
}

func TestScanObjectRefuses(t *testing.T) {
	for _, text := range []string{
		``, ` `, `[]`, `null`, `"a"`, `1`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{a:1}`, `{'a':1}`, `{"a" 1}`,
		`{"a":1 "b":2}`, `{"a":1}}`, `{"a":1}x`, "{\"a\":1}\x00", `{"a":1}{"a":1}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`,
		`{"a":{"b":1,"b":2}}`, `{"a":[{"b":1,"b":2}]}`, `{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u12g4"}`, `{"a":"\ud800"}`,
		`{"a":"\ud800\u0041"}`, `{"a":"\udc00"}`, `{"a":"\ud800\`, `{"a":"\`, `{"a":"`, `{"a":"\u0`, "{\"a\":\"\n\"}", "{\"a\":\"\\n\n\"}",
		"{\"a\":\"\xff\"}", "{\"\xff\":1}", `{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":1e+}`, `{"a":+1}`, `{"a":-01}`,
		`{"a":0x1}`, `{"a":NaN}`, `{"a":tru}`, `{"a":truex}`, `{"a":nul}`, `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":[`, `{"a":[}`,
		`{"a":` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `}`,
		strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17),
		"{" + strings.Repeat(`"a":1,`, 200) + `"b":1}`, "\ufeff{}", "{\u00a0}", `{"a":1;}`,
	} {
		var s jsonScanner
		if err := s.scanObject([]byte(text), collect{}); err == nil {
			t.Errorf("%.60q was taken", text)
		}
	}
}

func TestScanObjectBoundsMembers(t *testing.T) {
	object := func(n int) []byte {
		members := map[string]int{}
		for i := range n {
			members[strings.Repeat("m", i+1)] = i
		}
		data, _ := json.Marshal(members)
		return data
	}
	var s jsonScanner
	if err := s.scanObject(object(maxMembers), nil); err != nil {
		t.Error(err)
	}
	if err := s.scanObject(object(maxMembers+1), nil); err == nil {
		t.Error("one member too many was taken")
	}
}
