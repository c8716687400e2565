# make test   everything that proves the program works; installs what it needs
# make check  lint and house rules
# make build  bin/favord, static
# make bench  what an issue costs: signatures alone, the server, the engine, its peers, growth
# make bench-compare BASE=main   the Go benchmarks of hot packages, there and here
# make fmt    format

GO    ?= go
TOOL  := $(GO) tool -modfile=tools/go.mod
SOURCES := $(shell git ls-files '*.go' '*.sql' 2>/dev/null) go.mod go.sum

.PHONY: test check build bench bench-compare fmt

test:
	./scripts/prepare.sh
	./scripts/test.sh

check:
	$(TOOL) golangci-lint run ./...
	$(GO) mod tidy -diff
	$(GO) test ./internal/archtest
	GOOS=windows CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/favord
	GOOS=darwin CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/favord

build: bin/favord

bin/favord: $(SOURCES)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w" -o $@ ./cmd/favord

bench: build
	$(GO) run ./bench $(BENCH_FLAGS)

BASE ?= main
bench-compare:
	./scripts/bench-compare.sh $(BASE)

fmt:
	$(TOOL) golangci-lint fmt ./...
