package config

import (
	"errors"
	"strings"
	"testing"
)

// minimal is the smallest right document.
const minimal = `apiVersion: fabgen/v1
workload:
  name: Org.Smallest
  module: example.com/smallest
entra:
  tenantId: 853d9f4f-c71b-4420-b6ec-60e503458946
  clientId: 5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11
`

const (
	testTenant = "853d9f4f-c71b-4420-b6ec-60e503458946"
	testClient = "5f0c5b1e-2d6b-4a53-9d0e-6d6a9d5c1b11"
)

// with is the demo with one text in place of another, which must be there.
func with(t testing.TB, before, after string) string {
	t.Helper()
	s := string(Demo())
	if !strings.Contains(s, before) {
		t.Fatalf("the demo does not hold %q", before)
	}
	return strings.Replace(s, before, after, 1)
}

func parse(t testing.TB, source string) *Document {
	t.Helper()
	doc, err := Parse("fabgen.yaml", []byte(source))
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, source)
	}
	return doc
}

// problems is the error of a document that must be refused.
func problems(t testing.TB, source string) Problems {
	t.Helper()
	doc, err := Parse("fabgen.yaml", []byte(source))
	if err == nil {
		t.Fatalf("Parse accepts\n%s", source)
	}
	if doc != nil {
		t.Error("Parse gives a document beside its error")
	}
	var p Problems
	if !errors.As(err, &p) || len(p) == 0 {
		t.Fatalf("the error is a %T, want Problems: %v", err, err)
	}
	return p
}
