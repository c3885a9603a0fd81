package pack

import (
	"fmt"
	"slices"
)

// places are where a card of the create experience may show.
var places = []string{"home", "create-hub", "workspace-plus-new", "workspace-plus-new-teams"}

// checkProduct checks what the portal is told of the workload (Fabric Workload Development Kit, "Frontend manifest").
func (c *checker) checkProduct() {
	s := c.files[productFile]
	if s == nil {
		c.absent(productFile, "what the portal is told of the workload")
		return
	}
	o := c.parseJSON(s)
	if o == nil {
		return
	}
	o.reference(o.value, "")
	o.text("name")
	for _, name := range []string{"displayName", "fullDisplayName", "description", "createExperience.description"} {
		o.key(name)
	}
	o.icon("favicon")
	o.icon("icon.name")
	for i, v := range o.list("homePage.recommendedItemTypes") {
		c.checkItemType(&object{c, s, fmt.Sprintf("homePage.recommendedItemTypes[%d]", i), v}, "")
	}
	for _, material := range o.objects("homePage.learningMaterials") {
		material.key("title")
		material.key("introduction")
		material.key("description")
	}
	for _, card := range o.objects("createExperience.cards") {
		c.checkCard(card)
	}
	c.checkDetail(o)
}

func (c *checker) checkCard(card *object) {
	card.key("title")
	card.key("description")
	card.icon("icon.name")
	card.icon("icon_small.name")
	card.text("onClick.action")
	for i, v := range card.list("availableIn") {
		if place, _ := v.data.(string); !slices.Contains(places, place) {
			at := &object{card.c, card.source, fmt.Sprintf("%s[%d]", card.join("availableIn"), i), v}
			at.add("", v.kind(), choice(places), didYouMean(place, places, ""))
		}
	}
	c.checkItemType(card, "itemType")
}

// checkItemType checks a name of an item.
func (c *checker) checkItemType(o *object, path string) {
	names := make([]string, len(c.items))
	for i, it := range c.items {
		names[i] = it.name
	}
	if name := o.text(path); name != "" && !slices.Contains(names, name) {
		o.add(path, quote(name), "the name of an item that has manifests", didYouMean(name, names, "add the item to fabgen.yaml, or take this out"))
	}
}

// checkDetail checks the page that tells of the workload, of which the package takes publisher and description.
func (c *checker) checkDetail(o *object) {
	detail := o.object("productDetail")
	if detail == nil {
		return
	}
	c.nuspec.authors = detail.text("publisher")
	detail.key("slogan")
	detail.key("description")
	detail.picture("image.source")
	c.nuspec.description = c.english(detail.text("description"))
}
