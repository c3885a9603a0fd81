package config

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkParseDemo(b *testing.B) {
	source := Demo()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("fabgen.yaml", source); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParse grows by doubling: the time for each is twice that for the one before. 200 items, 400 scopes and 400
// routes are the second.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{100, 200, 400, 800} {
		b.Run(fmt.Sprintf("%d items", n), func(b *testing.B) {
			source := large(n)
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse("fabgen.yaml", source); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// large has n items, and twice as many scopes and routes.
func large(n int) []byte {
	var b strings.Builder
	b.WriteString(minimal + "resources: [{name: onelake, scopes: [user_impersonation]}]\nscopes:\n")
	for i := range 2 * n {
		fmt.Fprintf(&b, "  - name: Area%d.Read.All\n    description: Read area %d\n", i, i)
	}
	b.WriteString("items:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: Item%d\n    displayName: Item %d\n    jobs: [Train, Score]\n", i, i)
	}
	b.WriteString("routes:\n")
	for i := range 2 * n {
		fmt.Fprintf(&b, "  - name: getArea%d\n    method: GET\n    path: /area%d/{workspaceId}/{itemId}\n", i, i)
		fmt.Fprintf(&b, "    scopes: [Area%d.Read.All]\n    resource: onelake\n", i)
		fmt.Fprintf(&b, "    item: Item%d\n    permissions: [Read]\n", i/2)
	}
	return []byte(b.String())
}
