package plan

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

// git takes files that have half of their bytes in common for one file that was renamed.
func TestStoredBasesHaveNothingInCommon(t *testing.T) {
	long := strings.Repeat("Each line of it says something. ", 50) + strings.Repeat("And each of these something else.\n", 100)
	one, err := Pack([]byte(long + "one\n"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := Pack([]byte(long + "two\n"))
	if err != nil {
		t.Fatal(err)
	}
	for at := range len(one) - 8 {
		if bytes.Contains(two, one[at:at+8]) {
			t.Fatalf("both have %x", one[at:at+8])
		}
	}
	if again, err := Pack([]byte(long + "one\n")); err != nil || !bytes.Equal(one, again) {
		t.Errorf("packed twice it is another one, or %v", err)
	}
}

func TestUnpack(t *testing.T) {
	for _, data := range []string{"", "a", strings.Repeat("many lines\n", 10_000)} {
		sum := hash([]byte(data))
		packed, err := Pack([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		var bare bytes.Buffer // as it was stored once
		w := gzip.NewWriter(&bare)
		if _, err := w.Write([]byte(data)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for form, stored := range map[string][]byte{"veiled": packed, "bare": bare.Bytes()} {
			if got, err := Unpack(stored, sum); err != nil || string(got) != data {
				t.Errorf("%s: got %d bytes, %v; want %d", form, len(got), err, len(data))
			}
			if _, err := Unpack(stored, hash([]byte("other"))); err == nil {
				t.Errorf("%s: it passes for another content", form)
			}
		}
	}
	if _, err := Unpack([]byte("no gzip"), hash(nil)); err == nil {
		t.Error("what is no gzip was taken")
	}
}
