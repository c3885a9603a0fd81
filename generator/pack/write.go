package pack

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"path"
	"slices"
	"strings"
)

// packageID is the ID of every manifest package.
const packageID = "ManifestPackage"

const nuspecName = packageID + ".nuspec"

// contentTypes says what each part is, by the ending of its name (ECMA-376, part 2, "Content types").
const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
  <Default Extension="nuspec" ContentType="application/octet" />
  <Default Extension="xml" ContentType="application/xml" />
  <Default Extension="json" ContentType="application/json" />
  <Default Extension="png" ContentType="image/png" />
  <Default Extension="jpg" ContentType="image/jpeg" />
  <Default Extension="jpeg" ContentType="image/jpeg" />
</Types>
`

// relationships names the nuspec as the package's manifest (ECMA-376, part 2, "Relationships").
const relationships = `<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/` + nuspecName + `" Id="R0" />
</Relationships>
`

// nuspec is what NuGet asks of a package.
type nuspec struct {
	authors, description string
}

func (n nuspec) write(p *Package) []byte {
	escape := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
		return b.String()
	}
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>%s</id>
    <version>%s</version>
    <authors>%s</authors>
    <description>%s</description>
  </metadata>
</package>
`, packageID, escape(p.Version), escape(n.authors), escape(n.description))
}

// entries gives the files that are packed, sorted: XML under BE, the rest under FE. The WorkloadManifest is that of the
// environment.
func (c *checker) entries() []Entry {
	var out []Entry
	for name, s := range c.files {
		inside, _ := strings.CutPrefix(name, folder+"/")
		_, isWorkload := environmentOf(name)
		switch {
		case isWorkload && name != c.workloadFile():
			continue
		case isWorkload:
			inside = "BE/" + workloadBase + ".xml"
		case path.Ext(name) == ".xml":
			inside = "BE/" + inside
		default:
			inside = "FE/" + inside
		}
		out = append(out, Entry{inside, name, s.data})
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// write puts NuGet's own entries before the others, and all into a zip.
func (p *Package) write(n nuspec) error {
	p.Entries = append([]Entry{
		{Name: "[Content_Types].xml", Data: []byte(contentTypes)},
		{Name: "_rels/.rels", Data: []byte(relationships)},
		{Name: nuspecName, Data: n.write(p)},
	}, p.Entries...)
	return p.zip()
}

// zip stores the entries uncompressed, since what compress/flate gives changes from one Go to the next, and with one
// time, the first that zip knows: 1 January 1980.
func (p *Package) zip() error {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range p.Entries {
		size := uint64(len(e.Data))
		header := &zip.FileHeader{
			Name: e.Name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(e.Data), ReaderVersion: 20, CreatorVersion: 20,
			CompressedSize64: size, UncompressedSize64: size,
		}
		header.ModifiedDate = 1<<5 | 1 //nolint:staticcheck // CreateRaw takes the date from here, and no notice of Modified
		part, err := w.CreateRaw(header)
		if err == nil {
			_, err = part.Write(e.Data)
		}
		if err != nil {
			return fmt.Errorf("packing %s: %w", e.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("packing: %w", err)
	}
	p.Data = out.Bytes()
	return nil
}
