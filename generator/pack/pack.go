// Package pack puts a workload's manifests into the NuGet package that Fabric takes, once they keep every rule that is
// known of them. It is a pure function of the files: it reads an fs.FS, writes nothing, and gives the same bytes for the
// same files.
package pack

import (
	"io/fs"

	"github.com/fabgen/fabgen/generator/config"
)

// Request says what is packed.
type Request struct {
	Workload     fs.FS    // the workload's folder; what is under manifest/ is read
	Environment  string   // whose WorkloadManifest is packed
	Environments []string // all that the workload has, Environment among them
}

// Package is a package in memory. It is the caller's.
type Package struct {
	Workload string // Org.ContosoForecast
	Version  string // 1.0.0
	Entries  []Entry
	Data     []byte
	Notes    config.Problems // what Fabric may refuse by limits of its service, and a person should know
}

// Entry is one file in a package.
type Entry struct {
	Name   string // BE/Forecast.xml
	Source string // manifest/Forecast.xml; empty where the package's own
	Data   []byte
}

// Name is the package's file name, which NuGet makes of its ID and version.
func (p *Package) Name() string { return packageID + "." + p.Version + ".nupkg" }

// InvalidError says that manifests break rules, all that they break.
type InvalidError struct {
	Problems config.Problems // by file, line and column; files are relative to the workload's folder, with slashes
}

// Error is one line a problem.
func (e *InvalidError) Error() string { return e.Problems.Error() }

// Unwrap makes the problems known to those who look for problems of any kind.
func (e *InvalidError) Unwrap() error { return e.Problems }

// New checks the manifests of an environment and packs them. It fails with an *InvalidError where they break a rule, and
// otherwise where they cannot be read.
func New(r Request) (*Package, error) {
	c := &checker{request: r, files: map[string]*source{}}
	if err := c.gather(); err != nil {
		return nil, err
	}
	if c.cut {
		return nil, &InvalidError{c.sorted()}
	}
	p := c.check()
	if len(c.problems) > 0 {
		return nil, &InvalidError{c.sorted()}
	}
	return p, p.write(c.nuspec)
}
