// Package rules holds the structural rules of Fabric's manifests, of Entra's application registration and of what
// deploys a workload, and finds what breaks them in a generated one. It is written from the formats alone and shares nothing with the generator,
// so that a mistake there does not hide here.
package rules

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	manifestFolder = "manifest"
	entraFolder    = "entra"
)

// Violation is one broken rule.
type Violation struct {
	File  string // relative to the workload's folder
	Where string // element, attribute or member; empty where the file itself is meant
	Found string
	Want  string
}

// Error names the file, the place in it, what is there and what is right.
func (v *Violation) Error() string {
	where := v.File
	if v.Where != "" {
		where += ": " + v.Where
	}
	return fmt.Sprintf("%s: found %s, want %s", where, v.Found, v.Want)
}

// Check gives every rule that the workload in fsys breaks, each as a *Violation, in the order of files. It reads
// manifest/, entra/, deploy/ and the back-end's go.mod alone; fsys is not written to.
func Check(fsys fs.FS) []error {
	c := &checker{fsys: fsys, translations: map[string]map[string]string{}}
	c.checkAll()
	slices.SortFunc(c.found, func(a, b *Violation) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Error(), b.Error()))
	})
	c.found = slices.CompactFunc(c.found, func(a, b *Violation) bool { return *a == *b })
	errs := make([]error, 0, len(c.found))
	for _, v := range c.found {
		errs = append(errs, v)
	}
	return errs
}

// Settings gives the back-end's settings that what deploys the workload in fsys sets, each with a file that does.
func Settings(fsys fs.FS) map[string]string {
	c := &checker{fsys: fsys, translations: map[string]map[string]string{}}
	c.checkAll()
	return c.settings
}

func (c *checker) checkAll() {
	c.checkAssets()
	workloads := c.checkWorkloads()
	items := c.checkItems(workloads)
	c.checkProduct(items)
	c.checkApplications(workloads)
	c.checkImage()
	c.checkKubernetes(workloads)
	c.checkAzure(workloads)
}

// checker gathers violations. translations holds the texts of each locale by key, settings a file that sets each.
type checker struct {
	fsys         fs.FS
	found        []*Violation
	translations map[string]map[string]string
	settings     map[string]string
}

func (c *checker) setting(file, name string) {
	if c.settings == nil {
		c.settings = map[string]string{}
	}
	c.settings[name] = file
}

func (c *checker) add(file, where, found, want string) {
	c.found = append(c.found, &Violation{File: file, Where: where, Found: found, Want: want})
}

// read gives a file's bytes; a file that is not there is a violation.
func (c *checker) read(file string) ([]byte, bool) {
	data, err := fs.ReadFile(c.fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.add(file, "", "no such file", "the file")
	case err != nil:
		c.add(file, "", err.Error(), "a file that can be read")
	}
	return data, err == nil
}

// list gives the files directly in a folder with this extension, sorted.
func (c *checker) list(folder, ext string) []string {
	entries, err := fs.ReadDir(c.fsys, folder)
	if err != nil {
		c.add(folder, "", err.Error(), "the folder")
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && path.Ext(e.Name()) == ext {
			out = append(out, path.Join(folder, e.Name()))
		}
	}
	return out
}

var guidPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func (c *checker) matches(file, where, value string, pattern *regexp.Regexp, want string) {
	if !pattern.MatchString(value) {
		c.add(file, where, quote(value), want)
	}
}

func (c *checker) oneOf(file, where, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.add(file, where, quote(value), "one of "+strings.Join(allowed, ", "))
	}
}

func (c *checker) equal(file, where, value, want string) {
	if value != want {
		c.add(file, where, quote(value), quote(want))
	}
}

// environmentOf gives the environment that a file is for: WorkloadManifest.prod.xml is of prod, WorkloadManifest.xml of
// the default one, which has no name here.
func environmentOf(file, base string) (string, bool) {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if name == base {
		return "", true
	}
	return strings.CutPrefix(name, base+".")
}

func quote(s string) string { return fmt.Sprintf("%q", s) }
