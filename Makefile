GO ?= go
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: help build test lint golden verify cross race cover fuzz nightly bench load

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build fabgen into bin/
	$(GO) build -trimpath -o bin/ ./cmd/fabgen

test: ## run every test; a generated back-end needs Go alone, a generated front-end npm
	@.ci/services
	$(GO) vet ./...
	$(GO) test -timeout 20m ./golden ./... # what takes longest begins first
	cd benchmarks && $(GO) vet ./... && $(GO) test ./...

lint: ## check the code with golangci-lint
	golangci-lint run ./...

golden: ## rewrite golden/ and examples/ after a change of templates, to be read in review
	$(GO) test ./golden -update

verify: FUZZTIME = 2s
verify: test cross race cover fuzz ## what CI runs

# Vetting for a platform compiles what is imported for it, databases too: one of each kind is enough.
VETTED = darwin/arm64 windows/amd64
cross: ## build for every platform that fabgen is for
	@for platform in $(PLATFORMS); do \
		echo "build $$platform"; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/fabgen || exit 1; \
	done
	@for platform in $(VETTED); do \
		echo "vet $$platform"; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} CGO_ENABLED=0 \
			$(GO) vet ./cmd/... ./generator/... ./internal/... ./runtime/... || exit 1; \
	done

# CI takes the packages where most happens at the same time; nightly takes all.
RACE ?= ./runtime/auth ./runtime/rediscache ./runtime/workload
race: ## run the tests of RACE with the race detector
	$(GO) test -race -timeout 20m $(RACE)

# The least percentage of each package's statements that its own tests reach: some points under what they do.
COVERAGE = apierror:95 auth:93 entratest:92 fabrictest:92 rediscache:90 sqlstore:85 workload:90
cover: ## measure how much of the runtime its tests reach, and fail where that is too little
	@GO=$(GO) .ci/cover $(COVERAGE)

FUZZTIME ?= 10s
fuzz: ## run each fuzzer for FUZZTIME
	@GO=$(GO) .ci/fuzz $(FUZZTIME)

nightly: FUZZTIME = 60s
nightly: export HISTORIES = 100
nightly: RACE = ./cmd/... ./generator/... ./internal/... ./runtime/...
nightly: race cover fuzz ## run race, cover, and each fuzzer for a minute

bench: ## run the benchmarks, and those beside other libraries, which have a module of their own
	$(GO) test -run '^$$' -bench . -benchmem ./...
	cd benchmarks && $(GO) test -bench . -benchtime 200x

LOAD ?= 10x
load: ## put a generated server under load beside a bare one, LOAD turns of half a minute; needs wrk
	$(GO) test ./golden -run '^$$' -bench Load -benchtime $(LOAD) -timeout 2h -v
