package pack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	folder        = "manifest"
	imagesFolder  = folder + "/assets/images"
	localesFolder = folder + "/assets/locales"

	workloadBase = "WorkloadManifest"
	productFile  = folder + "/Product.json"
	textsName    = "translations.json"
)

// The most that is read. What Fabric limits itself is in limits.go.
const (
	maxFiles   = 1000
	maxText    = 1 << 20
	maxProduct = 50 << 10   // Fabric's own
	maxPicture = 1500 << 10 // Fabric's own: 1.5 MB
	maxTotal   = 64 << 20   // of all files
)

// gather reads the files that make a package. What else lies there is a problem, but for names that begin with a dot,
// which desktops and editors leave behind and no package takes.
func (c *checker) gather() error {
	seen, total := 0, 0
	err := fs.WalkDir(c.request.Workload, folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case name == folder && errors.Is(err, fs.ErrNotExist):
			return c.stop("no such folder", "the workload's manifests", "run `fabgen generate`")
		case err != nil:
			return err
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return c.gatherFolder(name)
		case seen == maxFiles:
			return c.stop("more than "+count(maxFiles, "file"), "the files of a package", "remove what does not belong there")
		}
		seen++
		if err := c.gatherFile(name, entry); err != nil {
			return err
		}
		if f := c.files[name]; f != nil {
			total += len(f.data)
		}
		if total > maxTotal {
			return c.stop("more than 64 MB", "a package of a few hundred kilobytes", "make the pictures smaller")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the manifests: %w", err)
	}
	return nil
}

// stop ends the reading.
func (c *checker) stop(found, want, hint string) error {
	c.cut = true
	c.addFile(folder, found, want, hint)
	return fs.SkipAll
}

// gatherFolder goes into the folders of a package, and reports every other.
func (c *checker) gatherFolder(name string) error {
	switch {
	case name == folder, name == folder+"/assets", name == imagesFolder, name == localesFolder,
		path.Dir(name) == localesFolder:
		return nil
	}
	c.addFile(name, "a folder that no package has", "assets/images and assets/locales/<locale> alone", "move or remove it")
	return fs.SkipDir
}

var portable = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// gatherFile reads one file that a package has, and reports every other.
func (c *checker) gatherFile(name string, entry fs.DirEntry) error {
	limit, why := c.limitOf(name)
	switch {
	case why != "":
		c.addFile(name, "a file that no package has", why, "move or remove it")
		return nil
	case !entry.Type().IsRegular():
		c.addFile(name, "no regular file", "the file itself, not a link to it", "put a file in its place")
		return nil
	case !portable.MatchString(path.Base(name)):
		c.addFile(name, "the name "+quote(path.Base(name)), "a name of ASCII letters, digits, dots, dashes and underscores", "rename it")
		return nil
	}
	for other := range c.files {
		if strings.EqualFold(other, name) {
			c.addFile(name, "a name that differs from "+other+" by case alone", "names that a package can tell apart", "rename one")
		}
	}
	data, err := c.read(name, limit)
	if err != nil {
		return err
	}
	if len(data) > limit {
		c.addFile(name, fmt.Sprintf("more than %d KB", limit>>10), fmt.Sprintf("at most %d KB", limit>>10), "make it smaller")
		return nil
	}
	c.files[name] = &source{name, data}
	return nil
}

// read reads a file up to one byte more than its limit.
func (c *checker) read(name string, limit int) ([]byte, error) {
	f, err := c.request.Workload.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(limit)+1))
}

// limitOf gives the most bytes that a file of a package may have, or what belongs where it lies.
func (c *checker) limitOf(name string) (limit int, why string) {
	ext := path.Ext(name)
	switch path.Dir(name) {
	case folder:
		if environment, ok := environmentOf(name); ok && !slices.Contains(c.request.Environments, environment) {
			return 0, "manifests of the environments that fabgen.yaml has: " + strings.Join(c.request.Environments, ", ")
		}
		if name == productFile {
			return maxProduct, ""
		}
		if ext == ".xml" || ext == ".json" {
			return maxText, ""
		}
		return 0, "an XML and a JSON manifest for each item, Product.json, WorkloadManifest.xml and assets"
	case imagesFolder:
		if pictureFormats[ext] != "" {
			return maxPicture, ""
		}
		return 0, "pictures in .png, .jpg and .jpeg"
	}
	if path.Base(name) == textsName && path.Dir(path.Dir(name)) == localesFolder {
		return maxText, ""
	}
	return 0, "images/ and locales/<locale>/" + textsName + " alone"
}

// environmentOf gives the environment that a WorkloadManifest is for: the default one has no name in its file.
func environmentOf(name string) (string, bool) {
	rest, ok := strings.CutPrefix(path.Base(name), workloadBase)
	if !ok || path.Ext(name) != ".xml" {
		return "", false
	}
	if rest == ".xml" {
		return defaultEnvironment, true
	}
	environment, ok := strings.CutPrefix(strings.TrimSuffix(rest, ".xml"), ".")
	return environment, ok
}

// workloadFile is the WorkloadManifest that is packed.
func (c *checker) workloadFile() string {
	if c.request.Environment == defaultEnvironment {
		return folder + "/" + workloadBase + ".xml"
	}
	return folder + "/" + workloadBase + "." + c.request.Environment + ".xml"
}

// list gives the files of a folder with an ending, sorted.
func (c *checker) list(dir, ext string) []*source {
	var out []*source
	for name, f := range c.files {
		if path.Dir(name) == dir && path.Ext(name) == ext {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *source) int { return strings.Compare(a.file, b.file) })
	return out
}
