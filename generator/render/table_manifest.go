package render

import "github.com/fabgen/fabgen/generator/render/icon"

// manifestRules: what Fabric and Entra read by machine is fabgen's; what a person will want to word, to draw or to
// extend is theirs.
var manifestRules = []rule{
	{Path: "manifest/WorkloadManifest.xml", Class: Owned},
	{Path: "manifest/WorkloadManifest.{env}.xml", Class: Owned},
	{Path: "manifest/{Item}.xml", Class: Owned},
	{Path: "manifest/{Item}.json", Class: Seeded},
	{Path: "manifest/Product.json", Class: Seeded},
	{Path: "manifest/assets/images/banner.png", Class: Seeded},
	{Path: "manifest/assets/images/favicon.png", Class: Seeded},
	{Path: "manifest/assets/images/item-{item}.png", Class: Seeded, Draw: itemIcon},
	{Path: "manifest/assets/images/workload.png", Class: Seeded},
	{Path: "manifest/assets/locales/en-US/translations.json", Class: Seeded},
	{Path: "manifest/assets/locales/es/translations.json", Class: Seeded},

	{Path: "entra/application.json", Class: Owned},
	{Path: "entra/application.{env}.json", Class: Owned},
	{Path: "entra/provision.sh", Class: Owned, Mode: 0o755},
}

// itemIcon draws the item's placeholder picture.
func itemIcon(data Data) []byte { return icon.Draw(data.Item.IconLetters, data.Item.IconStyle) }
