package scenario_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/bench/benchtest"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/localentra"
	"github.com/fabgen/fabgen/cmd/fabgen/internal/scenario"
)

const root = "../../../.."

// The same story gives the same transcript, byte for byte: again and again in one cloud, and in new ones.
func TestTranscriptIsTheSameEachTime(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server")
	}
	o := benchtest.Build(t, root, "demo")
	data, err := os.ReadFile("testdata/demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	story, err := scenario.Parse("demo.yaml", data, o.Model, localentra.DefaultSeed())
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/demo.txt")
	if err != nil && os.Getenv("UPDATE") == "" {
		t.Fatal(err)
	}
	for range 2 {
		b := benchtest.Start(t, o)
		for range 5 {
			got := play(t, b, o, story)
			if os.Getenv("UPDATE") != "" {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("the transcript is\n%s\nwant\n%s\nlog:\n%s", got, want, b.Logs())
			}
		}
		b.Close()
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("testdata/demo.txt", want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func play(t *testing.T, b *bench.Bench, o bench.Options, story *scenario.Story) []byte {
	t.Helper()
	var transcript bytes.Buffer
	result, err := scenario.Run(t.Context(), scenario.Stage{Model: o.Model, Cloud: b.Cloud, URL: b.URL}, story, &transcript)
	if err != nil {
		t.Fatalf("%v\n%s", err, transcript.String())
	}
	if result.Failed != nil {
		t.Fatalf("%v\n%s\nlog:\n%s", result.Failed, transcript.String(), b.Logs())
	}
	return transcript.Bytes()
}
