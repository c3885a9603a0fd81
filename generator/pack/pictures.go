package pack

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // the formats that Fabric takes
	_ "image/png"
	"path"
	"strings"
)

// pictureFormats are what Fabric takes, by the endings of files, in the words of package image.
var pictureFormats = map[string]string{".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}

// The sides of pictures in pixels. An icon below the least is blurred, one above the most only costs time.
const (
	leastIcon = 16
	mostIcon  = 512
	mostImage = 4096
)

// reference follows every text of a file that begins as a picture's path does, whatever its member is called.
func (o *object) reference(v *value, path string) {
	switch d := v.data.(type) {
	case string:
		if strings.HasPrefix(d, "assets/") {
			(&object{o.c, o.source, strings.TrimPrefix(path, "."), v}).picture("")
		}
	case []*value:
		for i, element := range d {
			o.reference(element, fmt.Sprintf("%s[%d]", path, i))
		}
	case map[string]*value:
		for _, name := range v.names() {
			o.reference(d[name], path+"."+name)
		}
	}
}

// picture checks a member that names a picture, and gives its file, "" where that is reported.
func (o *object) picture(member string) string {
	name := o.text(member)
	if name == "" {
		return ""
	}
	file := path.Join(folder, name)
	if !strings.HasPrefix(name, "assets/images/") || path.Join(folder, name) != folder+"/"+name || path.Dir(file) != imagesFolder {
		o.add(member, quote(name), "the path of a picture under assets/images/", "")
		return ""
	}
	o.c.named[file] = true
	switch {
	case o.c.files[file] != nil:
		return file
	case !o.c.reported(file):
		o.add(member, quote(name)+", which is not there", "a picture that is there",
			didYouMean(name, o.c.pictureNames(), "put the picture into "+imagesFolder+", or name another"))
	}
	return ""
}

func (c *checker) pictureNames() []string {
	var out []string
	for ext := range pictureFormats {
		for _, s := range c.list(imagesFolder, ext) {
			out = append(out, strings.TrimPrefix(s.file, folder+"/"))
		}
	}
	return out
}

// icon checks a member that names an icon: a square PNG.
func (o *object) icon(member string) {
	file := o.picture(member)
	if file == "" {
		return
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(o.c.files[file].data))
	want := fmt.Sprintf("a square PNG of %d to %d pixels a side", leastIcon, mostIcon)
	switch {
	case err != nil:
	case format != "png":
		o.add(member, quote(o.text(member))+", a picture in "+strings.ToUpper(format), want, "")
	case config.Width != config.Height || config.Width < leastIcon || config.Width > mostIcon:
		o.add(member, fmt.Sprintf("%s, %d by %d pixels", quote(o.text(member)), config.Width, config.Height), want, "")
	}
}

// checkPictures checks that every picture is one, and that a manifest names it.
func (c *checker) checkPictures() {
	for ext, format := range pictureFormats {
		for _, s := range c.list(imagesFolder, ext) {
			c.checkPicture(s, format)
			if !c.named[s.file] {
				c.addFile(s.file, "a picture that no manifest names", "pictures that are shown", "name it in a JSON manifest, or remove it")
			}
		}
	}
}

func (c *checker) checkPicture(s *source, format string) {
	config, got, err := image.DecodeConfig(bytes.NewReader(s.data))
	switch {
	case err != nil:
		c.addFile(s.file, "no picture: "+err.Error(), "a picture in "+strings.ToUpper(format), "")
	case got != format:
		c.addFile(s.file, "a picture in "+strings.ToUpper(got), "one in "+strings.ToUpper(format)+", as its name says", "rename or convert it")
	case config.Width > mostImage || config.Height > mostImage:
		c.addFile(s.file, fmt.Sprintf("%d by %d pixels", config.Width, config.Height), fmt.Sprintf("at most %d pixels a side", mostImage), "make it smaller")
	default:
		if _, _, err := image.Decode(bytes.NewReader(s.data)); err != nil {
			c.addFile(s.file, "a broken picture: "+err.Error(), "a whole one", "save it once more")
		}
	}
}
