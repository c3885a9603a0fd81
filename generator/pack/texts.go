package pack

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// englishLocale is the one that the portal falls back on.
const englishLocale = "en-US"

// locale is the texts of one language by their keys.
type locale struct {
	name   string
	object *object
	texts  map[string]string
}

var localeName = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)

// readTexts reads the translations, of which English must be there.
func (c *checker) readTexts() {
	english := path.Join(localesFolder, englishLocale, textsName)
	var files []string
	for name := range c.files {
		if path.Base(name) == textsName && path.Dir(path.Dir(name)) == localesFolder {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	for _, file := range files {
		name := path.Base(path.Dir(file))
		if !localeName.MatchString(name) {
			c.addFile(file, "the locale "+quote(name), "a language tag such as es or pt-BR", "rename the folder")
		}
		if o := c.parseJSON(c.files[file]); o != nil {
			c.texts = append(c.texts, locale{name, o, readLocale(o)})
		}
	}
	if c.files[english] == nil {
		c.absent(english, "the texts in English, which the portal falls back on")
	}
}

func readLocale(o *object) map[string]string {
	texts := map[string]string{}
	members, _ := o.value.data.(map[string]*value)
	for _, key := range o.value.names() {
		v := members[key]
		text, ok := v.data.(string)
		if !ok || strings.TrimSpace(text) == "" {
			at := &object{o.c, o.source, key, v}
			at.add("", v.kind(), "a text that is not empty", "")
			continue
		}
		texts[key] = text
	}
	return texts
}

// key checks a member whose value is the key of a text: each locale has it.
func (o *object) key(path string) {
	key := o.text(path)
	if key == "" {
		return
	}
	for _, l := range o.c.texts {
		if _, ok := l.texts[key]; ok || l.object.hasKey(key) {
			continue
		}
		at := o.source.file + ": " + o.join(path)
		l.object.c.add(l.object.source.file, l.object.source.at(l.object.value.offset), key, "no such text",
			"the text that "+at+" names", didYouMean(key, l.object.value.names(), "add it"))
	}
}

// hasKey says whether a text is there, be it as it may.
func (o *object) hasKey(key string) bool {
	members, _ := o.value.data.(map[string]*value)
	return members[key] != nil
}

// english gives the English text of a key.
func (c *checker) english(key string) string {
	for _, l := range c.texts {
		if l.name == englishLocale {
			return l.texts[key]
		}
	}
	return ""
}
