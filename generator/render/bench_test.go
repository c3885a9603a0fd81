package render

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fabgen/fabgen/generator/config"
	"github.com/fabgen/fabgen/generator/model"
)

// sized is a configuration with n items, 2n scopes and 2n routes.
func sized(n int) []byte {
	var b strings.Builder
	b.WriteString(`apiVersion: fabgen/v1
workload: {name: Org.Large, module: example.com/large}
entra: {tenantId: 11111111-2222-4333-8444-555555555555, clientId: 66666666-7777-4888-9999-aaaaaaaaaaaa}
resources: [{name: onelake, scopes: [user_impersonation]}]
`)
	b.WriteString("scopes:\n")
	for i := range 2 * n {
		fmt.Fprintf(&b, "  - {name: Area%d.Read, description: Read area %d}\n", i, i)
	}
	b.WriteString("items:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: Item%d, jobs: [Run]}\n", i)
	}
	b.WriteString("routes:\n")
	for i := range 2 * n {
		fmt.Fprintf(&b, "  - {name: get%d, method: GET, path: '/area%d/{id}', scopes: [Area%d.Read], resource: onelake}\n", i, i, i)
	}
	return []byte(b.String())
}

// BenchmarkFromConfiguration goes from the text of fabgen.yaml to every file in memory. Its µs/item must not grow
// with the number of items.
func BenchmarkFromConfiguration(b *testing.B) {
	for _, n := range []int{25, 50, 100, 200} {
		source := sized(n)
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			for b.Loop() {
				doc, err := config.Parse("fabgen.yaml", source)
				if err != nil {
					b.Fatal(err)
				}
				m, err := model.New(doc)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := Render(context.Background(), m, fstest.MapFS{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/item")
		})
	}
}
