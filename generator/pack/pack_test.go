package pack

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fabgen/fabgen/internal/testenv"
)

var demoEntries = []string{
	"[Content_Types].xml", "_rels/.rels", "ManifestPackage.nuspec",
	"BE/Forecast.xml", "BE/WorkloadManifest.xml", "FE/Forecast.json", "FE/Product.json",
	"FE/assets/images/banner.png", "FE/assets/images/favicon.png", "FE/assets/images/item-forecast.png",
	"FE/assets/images/workload.png", "FE/assets/locales/en-US/translations.json", "FE/assets/locales/es/translations.json",
}

func TestAPackageHoldsTheManifestsOfItsEnvironment(t *testing.T) {
	fsys := demo(t)
	for environment, file := range map[string]string{"dev": workloadXML, "prod": productionXML} {
		p := packed(t, fsys, environment)
		var names []string
		for _, e := range p.Entries {
			names = append(names, e.Name)
			if e.Source != "" && !bytes.Equal(e.Data, fsys[e.Source].Data) {
				t.Errorf("%s is not %s", e.Name, e.Source)
			}
		}
		if !slices.Equal(names, demoEntries) {
			t.Errorf("%s: entries %q", environment, names)
		}
		if got := p.entry("BE/WorkloadManifest.xml"); !bytes.Equal(got, fsys[file].Data) {
			t.Errorf("%s: the WorkloadManifest is not %s", environment, file)
		}
		if p.Name() != "ManifestPackage.1.0.0.nupkg" || p.Workload != "Org.ContosoForecast" || len(p.Notes) > 0 {
			t.Errorf("%s: %s of %s, %v", environment, p.Name(), p.Workload, p.Notes)
		}
	}
}

// The second run reads other folders' times, in another time zone. What it must give stands here, so that another
// machine or another Go that gives other bytes fails.
func TestTheSameFilesGiveTheSameBytes(t *testing.T) {
	fsys := demo(t)
	first := packed(t, fsys, "dev").Data
	t.Setenv("TZ", "Pacific/Auckland")
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("UTC+13", 13*60*60)
	for _, f := range fsys {
		f.ModTime = time.Date(2031, 2, 3, 4, 5, 6, 0, time.Local)
	}
	if second := packed(t, fsys, "dev").Data; !bytes.Equal(first, second) {
		t.Error("the second run gives other bytes")
	}
	sum := sha256.Sum256(fixed(t))
	const want = "f33b77e2f6d1fbe4968b683e9d583be783689b4e9d3dfd9b45a995e001cb5c9a"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the package of fixed entries has the SHA-256 %s, want %s", got, want)
	}
}

// fixed is a package of entries that no change of a template reaches.
func fixed(t *testing.T) []byte {
	p := &Package{Version: "1.0.0", Entries: []Entry{{Name: "BE/A.xml", Data: []byte("<a/>")}}}
	if err := p.write(nuspec{"Contoso", "Tea & cake"}); err != nil {
		t.Fatal(err)
	}
	return p.Data
}

// reader opens a package as somebody else would: Python's zip and XML readers share nothing with Go's. It prints each
// entry's name, length, CRC-32 as Python computes it, and what it needs to be deterministic.
const reader = `
import sys, xml.etree.ElementTree as xml, zipfile, zlib, json
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    for i in z.infolist():
        data = z.read(i)
        if i.filename.endswith((".xml", ".rels", ".nuspec")):
            xml.fromstring(data)
        if i.filename.endswith(".json"):
            json.loads(data)
        print(i.filename, len(data), "%08x" % zlib.crc32(data), i.date_time, i.compress_type, i.flag_bits, sep="\t")
    spec = xml.fromstring(z.read("ManifestPackage.nuspec"))
    ns = "{http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd}"
    meta = spec.find(ns + "metadata")
    print(meta.find(ns + "id").text, meta.find(ns + "version").text, meta.find(ns + "authors").text, meta.find(ns + "description").text, sep="\t")
    rel = xml.fromstring(z.read("_rels/.rels"))[0]
    print(rel.get("Target") [1:] in z.namelist(), rel.get("Type"), sep="\t")
    types = {e.get("Extension") for e in xml.fromstring(z.read("[Content_Types].xml"))}
    print(all(n.rsplit(".", 1)[1] in types for n in z.namelist() if n != "[Content_Types].xml"))
    work = xml.fromstring(z.read("BE/WorkloadManifest.xml"))
    print(work[0].get("WorkloadName"), work.find(".//ResourceId").text, sep="\t")
`

func TestAnotherReaderOpensThePackage(t *testing.T) {
	python := testenv.Tool(t, "python3") // its zip and XML readers share nothing with Go's
	p := packed(t, demo(t), "prod")
	file := filepath.Join(t.TempDir(), p.Name())
	if err := os.WriteFile(file, p.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", reader, file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(out), "\r", "")), "\n")
	archive, err := zip.NewReader(bytes.NewReader(p.Data), int64(len(p.Data)))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range demoEntries {
		fields := strings.Split(lines[i], "\t")
		if fields[0] != name || fields[1] == "0" {
			t.Errorf("entry %d is %s", i, lines[i])
		}
		if got := strings.Join(fields[3:], " "); got != "(1980, 1, 1, 0, 0, 0) 0 0" {
			t.Errorf("%s has the time, method and flags %s", name, got)
		}
		if !archive.File[i].Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s is of %v", name, archive.File[i].Modified)
		}
	}
	want := []string{
		"ManifestPackage\t1.0.0\tContoso\tForecasts over the data in your OneLake",
		"True\thttp://schemas.microsoft.com/packaging/2010/07/manifest", "True",
		"Org.ContosoForecast\thttps://contoso.com/forecast/Org.ContosoForecast",
	}
	if got := lines[len(demoEntries):]; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFilesOfDesktopsAndEditorsAreLeftOut(t *testing.T) {
	fsys := demo(t)
	before := packed(t, fsys, "dev").Data
	for _, name := range []string{"manifest/.DS_Store", "manifest/assets/.DS_Store", "manifest/.idea/a.xml", "manifest/assets/images/._a.png"} {
		fsys[name] = &fstest.MapFile{Data: []byte("x")}
	}
	fsys["fabgen.yaml"] = &fstest.MapFile{Data: []byte("x")}
	if !bytes.Equal(before, packed(t, fsys, "dev").Data) {
		t.Error("they are in the package")
	}
}

func TestLimitsOfTheServiceAreTold(t *testing.T) {
	fsys := demo(t)
	for i := range 12 {
		name := "Item" + string(rune('A'+i))
		icon := "manifest/assets/images/" + name + ".png"
		fsys[icon] = &fstest.MapFile{Data: drawn(t, "png", 32, 32)}
		rename := strings.NewReplacer(`ContosoForecast.Forecast`, "ContosoForecast."+name, `"Forecast"`, `"`+name+`"`, "item-forecast.png", name+".png")
		for _, file := range []string{forecastXML, forecastJSON} {
			fsys["manifest/"+name+filepath.Ext(file)] = &fstest.MapFile{Data: []byte(rename.Replace(string(fsys[file].Data)))}
		}
	}
	notes := packed(t, fsys, "dev").Notes.Error()
	if !strings.Contains(notes, "13 items; want at most 10") || !strings.Contains(notes, "18 files; want at most 15") {
		t.Errorf("got %s", notes)
	}
}

func TestOtherFormsThatAreRight(t *testing.T) {
	fsys := demo(t)
	edit(t, fsys, workloadXML, "/Org.ContosoForecast<", "/Org.ContosoForecast/mine<")
	edit(t, fsys, workloadXML, "1.0.0<", "1.0.0-rc.1<")
	edit(t, fsys, workloadXML, "<IsEndpointResolutionService>false</IsEndpointResolutionService>",
		"<IsEndpointResolutionService>true</IsEndpointResolutionService><EndpointResolutionContext>"+
			"<ResolutionContextProperty>TenantId</ResolutionContextProperty></EndpointResolutionContext>")
	edit(t, fsys, forecastXML, "PerItem", "None")
	fsys["manifest/assets/images/photo.jpg"] = &fstest.MapFile{Data: drawn(t, "jpeg", 640, 480)}
	edit(t, fsys, productFile, "banner.png", "photo.jpg")
	delete(fsys, "manifest/assets/images/banner.png")
	if p := packed(t, fsys, "dev"); p.Name() != "ManifestPackage.1.0.0-rc.1.nupkg" {
		t.Error(p.Name())
	}
}

// unreadable fails where a file of it is read.
type unreadable struct{ fstest.MapFS }

func (u unreadable) Open(name string) (fs.File, error) {
	if name == forecastJSON {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.Open(name)
}

func TestWhatCannotBeReadIsNoInvalidManifest(t *testing.T) {
	_, err := New(Request{unreadable{demo(t)}, "dev", environments})
	var invalid *InvalidError
	if !errors.Is(err, fs.ErrPermission) || errors.As(err, &invalid) {
		t.Errorf("got %v", err)
	}
}

// No bytes of a manifest bring the checks down, and what they let through opens.
func FuzzManifests(f *testing.F) {
	base := demo(f)
	files := []string{workloadXML, forecastXML, forecastJSON, productFile, english}
	for i, name := range files {
		f.Add(uint8(i), base[name].Data)
	}
	dot := drawn(f, "png", 16, 16)
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		fsys := maps.Clone(base)
		for name := range fsys {
			if strings.HasSuffix(name, ".png") {
				fsys[name] = &fstest.MapFile{Data: dot}
			}
		}
		fsys[files[int(which)%len(files)]] = &fstest.MapFile{Data: data}
		p, err := New(Request{fsys, "dev", environments})
		if err != nil {
			var invalid *InvalidError
			if !errors.As(err, &invalid) {
				t.Fatal(err)
			}
			return
		}
		if _, err := zip.NewReader(bytes.NewReader(p.Data), int64(len(p.Data))); err != nil {
			t.Fatal(err)
		}
	})
}
