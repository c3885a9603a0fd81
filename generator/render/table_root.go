package render

var rootRules = []rule{
	{Path: "README.md", Class: Seeded},
	{Path: "Makefile", Class: Seeded},
	{Path: ".gitignore", Class: Seeded},
	{Path: ".gitattributes", Class: Seeded},
	{Path: ".editorconfig", Class: Seeded},
	{Path: ".github/workflows/ci.yml", Class: Seeded},
}
