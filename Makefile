GO ?= go
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: help build test lint golden verify cross fuzz bench

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build fabgen into bin/
	$(GO) build -trimpath -o bin/ ./cmd/fabgen

test: ## run every test; a generated back-end needs Go alone, a generated front-end npm
	$(GO) vet ./...
	$(GO) test -timeout 20m ./...

lint: ## check the code with golangci-lint
	golangci-lint run ./...

golden: ## rewrite golden/ and examples/ after a change of templates, to be read in review
	$(GO) test ./golden -update

verify: test cross fuzz ## what CI runs

cross: ## build for every platform that fabgen is for
	@for platform in $(PLATFORMS); do \
		echo "build $$platform"; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/fabgen || exit 1; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} CGO_ENABLED=0 $(GO) vet ./cmd/... ./generator/... ./runtime/... || exit 1; \
	done

# A count, since a fuzzer that is stopped by the clock fails now and then with "context deadline exceeded"; about 10 s.
FUZZTIME ?= 40000x
fuzz: ## run each fuzzer for FUZZTIME
	@$(GO) list -f '{{.Dir}}' ./... | while read -r dir; do \
		for name in $$(grep -ho '^func Fuzz[A-Za-z]*' "$$dir"/*_test.go 2>/dev/null | cut -c6-); do \
			echo "fuzz $$name in $$dir"; \
			(cd "$$dir" && $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) .) || exit 1; \
		done; \
	done

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...
