// Package modeltest makes models for tests.
package modeltest

import (
	"testing"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

// Of is the model of a configuration that has to be right; file is what messages call it.
func Of(t testing.TB, file string, source []byte) *model.Model {
	t.Helper()
	doc, err := config.Parse(file, source)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(doc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Demo is the model of the built-in demo.
func Demo(t testing.TB) *model.Model {
	t.Helper()
	return Of(t, "fabgen.yaml", config.Demo())
}
