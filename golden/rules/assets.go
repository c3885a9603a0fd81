package rules

import (
	"bytes"
	"image"
	_ "image/jpeg" // a manifest's pictures are PNG or JPEG
	_ "image/png"
	"io/fs"
	"path"
	"strings"
)

const (
	assetsFolder   = manifestFolder + "/assets"
	imagesFolder   = assetsFolder + "/images"
	localesFolder  = assetsFolder + "/locales"
	requiredLocale = "en-US"
)

// checkAssets checks that assets/ holds images and locales alone, which is what makes a package a translated one, and
// reads the translations.
func (c *checker) checkAssets() {
	entries, err := fs.ReadDir(c.fsys, assetsFolder)
	if err != nil {
		c.add(assetsFolder, "", err.Error(), "the folder")
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() != "images" && e.Name() != "locales" {
			c.add(path.Join(assetsFolder, e.Name()), "", "a file or folder of another kind", "images/ and locales/ alone")
		}
	}
	c.checkPictures()
	c.readTranslations()
}

func (c *checker) checkPictures() {
	entries, _ := fs.ReadDir(c.fsys, imagesFolder)
	for _, e := range entries {
		file := path.Join(imagesFolder, e.Name())
		data, ok := c.read(file)
		if !ok {
			continue
		}
		_, format, err := image.DecodeConfig(bytes.NewReader(data))
		if want := pictureFormat(file); err != nil || format != want {
			c.add(file, "", "no picture of that format", "PNG in .png, JPEG in .jpg and .jpeg")
		}
		if len(data) > 1500<<10 {
			c.add(file, "", number(len(data))+" bytes", "at most 1.5 MB")
		}
	}
}

func pictureFormat(file string) string {
	switch path.Ext(file) {
	case ".png":
		return "png"
	case ".jpg", ".jpeg":
		return "jpeg"
	}
	return "none"
}

func (c *checker) readTranslations() {
	locales, _ := fs.ReadDir(c.fsys, localesFolder)
	for _, l := range locales {
		file := translationsOf(l.Name())
		m := c.object(file)
		if m == nil {
			continue
		}
		c.translations[l.Name()] = m.texts()
	}
	if c.translations[requiredLocale] == nil {
		c.add(translationsOf(requiredLocale), "", "no such file", "the texts in English, which Fabric falls back on")
	}
}

// texts gives the members of an object of strings.
func (m *members) texts() map[string]string {
	out := map[string]string{}
	object, _ := m.data.(map[string]any)
	for key, value := range object {
		text, ok := value.(string)
		if !ok {
			m.add(key, "no text", "a text")
		}
		out[key] = text
	}
	return out
}

func translationsOf(locale string) string {
	return path.Join(localesFolder, locale, "translations.json")
}

// key checks a member whose value is the key of a text: every locale has it, and the text is not empty.
func (m *members) key(path string) {
	key := m.text(path)
	if key == "" {
		m.add(path, "nothing", "the key of a text")
		return
	}
	for locale, texts := range m.c.translations {
		if strings.TrimSpace(texts[key]) == "" {
			m.c.add(translationsOf(locale), key, "no text", "the text of "+m.file+" "+m.join(path))
		}
	}
}

// image checks a member that names a picture, relative to the manifest.
func (m *members) image(name string) {
	value := m.text(name)
	if !strings.HasPrefix(value, "assets/images/") || path.Clean(value) != value {
		m.add(name, quote(value), "the path of a picture under assets/images/")
		return
	}
	if _, err := fs.Stat(m.c.fsys, path.Join(manifestFolder, value)); err != nil {
		m.add(name, quote(value)+", which is not there", "a picture that is there")
	}
}
