// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

module example.com/fabrikam/fleet

go 1.26.0

require github.com/fabgen/fabgen v0.0.0

require (
	github.com/AzureAD/microsoft-authentication-library-for-go v1.10.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/kylelemons/godebug v1.1.0 // indirect
	go.opentelemetry.io/otel v1.47.0 // indirect
	go.opentelemetry.io/otel/metric v1.47.0 // indirect
	go.opentelemetry.io/otel/trace v1.47.0 // indirect
	golang.org/x/sync v0.20.0 // indirect
)

// The runtime comes along, so that a clone of this folder builds wherever it is.
replace github.com/fabgen/fabgen => ./third_party/fabgen
