package rules

import (
	"path"
	"slices"
)

const maxProduct = 50 << 10 // bytes that Fabric takes of Product.json

// checkProduct checks Product.json, which offers each item once.
func (c *checker) checkProduct(items []item) {
	file := path.Join(manifestFolder, product+".json")
	m := c.object(file)
	if m == nil {
		return
	}
	if data, _ := c.read(file); len(data) > maxProduct {
		c.add(file, "", number(len(data))+" bytes", "at most 50 KB")
	}
	m.required("name")
	for _, name := range []string{"displayName", "fullDisplayName", "description", "createExperience.description"} {
		m.key(name)
	}
	m.image("favicon")
	m.image("icon.name")
	for _, name := range m.strings("homePage.recommendedItemTypes") {
		if !hasItem(items, name) {
			m.add("homePage.recommendedItemTypes", quote(name), "an item that is there")
		}
	}
	for _, material := range m.list("homePage.learningMaterials") {
		material.key("title")
		material.key("introduction")
		material.key("description")
	}
	c.checkCards(m, items)
	if detail := m.at("productDetail"); detail.data != nil {
		detail.required("publisher")
		detail.key("slogan")
		detail.key("description")
		detail.image("image.source")
	}
}

var cardPlaces = []string{"home", "create-hub", "workspace-plus-new", "workspace-plus-new-teams"}

func (c *checker) checkCards(m *members, items []item) {
	cards := map[string]int{}
	for _, card := range m.list("createExperience.cards") {
		card.key("title")
		card.key("description")
		card.image("icon.name")
		card.image("icon_small.name")
		card.required("onClick.action")
		for _, place := range card.strings("availableIn") {
			c.oneOf(m.file, card.join("availableIn"), place, cardPlaces...)
		}
		name := card.text("itemType")
		cards[name]++
		if !hasItem(items, name) {
			card.add("itemType", quote(name), "an item that is there")
		}
	}
	for _, it := range items {
		if cards[it.name] != 1 {
			m.add("createExperience.cards", number(cards[it.name])+" cards of "+it.name, "one an item")
		}
	}
}

func hasItem(items []item, name string) bool {
	return slices.ContainsFunc(items, func(it item) bool { return it.name == name })
}
