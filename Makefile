# make test   everything that proves the program works; installs what it needs
# make quick  every package in a minute, without PostgreSQL and the race detector; PKG=./internal/... limits it
# make planted          plants every known bug, one after another, and names the test that finds it
# make soak SIZE=hour    the tests that crash, race and sell out, for an hour; SIZE=night for a night; GROUP=kill some of them
# make fuzz TIME=60s     each fuzz target for that time; TARGET=Calls those whose name has it
# make proofs            what each promise of docs/reliability.md stands on: test, result, figure; PROMISE="P7 P16" for some
# make check  lint and house rules
# make build  bin/favord: pure Go, static
# make bench  what an issue costs: signatures alone, the server, the engine, its peers, growth
# make bench-compare BASE=main   the Go benchmarks of hot packages, there and here
# make release       programs, packages, images, lists of components and checksums, in dist; offline
# make release-deps  downloads what that needs, once
# make release-test  makes it twice and compares the bytes; installs, runs and removes the deb; as root on Debian
# make upgrade-test  the previous release, built from the history, is replaced under load by this one
# make ha            Patroni, etcd, haproxy and two nodes on this machine: kills, switches and parts them under load; as root on Debian
# make pitr          a point in time is restored with pgBackRest, after a backup under load; as root on Debian
# make fmt    format
# make web       the console's pages from web/src; what it builds is committed
# make web-test  the console in Chromium, every page in every language, theme and width
# make screenshots   the pictures of the documentation, with Chromium
#
# TAGS=openssl before or after any of them calculates RSA with OpenSSL 3, through cgo, and needs
# its headers (libssl-dev) and a C compiler; `make test` installs them.

GO    ?= go
TOOL  := $(GO) tool -modfile=tools/go.mod
SOURCES := $(wildcard $(shell git ls-files '*.go' '*.sql' 2>/dev/null) web/dist/*.* web/dist/assets/*) go.mod go.sum

# GOFLAGS carries the tags to everything that runs go, such as the end-to-end tests.
CGO := 0
ifneq ($(TAGS),)
export TAGS
export GOFLAGS := $(strip $(GOFLAGS) -tags=$(TAGS))
ifneq ($(findstring openssl,$(TAGS)),)
export CGO_ENABLED := 1
CGO := 1
endif
endif

# BUILT names the tags that bin/favord was built with: with others it has to be built again.
comma := ,
BUILT := bin/.built-$(or $(subst $(comma),-,$(TAGS)),plain)

.PHONY: upgrade-test ha pitr test quick soak planted fuzz proofs check build bench bench-compare fmt screenshots web web-test release release-deps release-test

test:
	./scripts/prepare.sh
	./scripts/test.sh

PKG ?= ./...
quick:
	./scripts/quick.sh $(PKG)

upgrade-test:
	./scripts/upgrade-test.sh

ha:
	./scripts/ha.sh

pitr:
	./scripts/pitr.sh

soak:
	@./scripts/soak.sh "$(SIZE)" "$(GROUP)"

TIME ?= 60s
fuzz:
	@./scripts/fuzz.sh $(TIME) $(TARGET)

planted:
	@GO="$(GO)" ./scripts/planted.sh

proofs:
	@./scripts/proofs.sh $(PROMISE)

check:
	$(TOOL) golangci-lint run ./...
	$(GO) mod tidy -diff
	cd bench && $(GO) mod tidy -diff && $(GO) tool -modfile=../tools/go.mod golangci-lint run ./...
	$(GO) test ./internal/archtest
	@if ./scripts/has-openssl.sh; then set -ex; \
		CGO_ENABLED=1 $(GO) vet -tags openssl ./...; \
		CGO_ENABLED=1 $(TOOL) golangci-lint run --build-tags openssl ./internal/base/rsakey; \
	else echo "OpenSSL 3 has no headers here: what needs them is not checked"; fi
	@if command -v npm >/dev/null 2>&1; then $(MAKE) web && git diff --exit-code --stat web/dist web/src/api && \
		test -z "$$(git status --porcelain web/dist)" || { echo "web/dist is not what web/src builds: make web, and commit it"; exit 1; }; \
	else echo "There is no Node here: the console's pages are not rebuilt"; fi
	GOOS=windows CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/favord
	GOOS=darwin CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/favord

build: bin/favord

bin/favord: $(SOURCES) $(BUILT)
	CGO_ENABLED=$(CGO) $(GO) build -trimpath -buildvcs=auto -ldflags="-s -w" -o $@ ./cmd/favord

$(BUILT):
	mkdir -p $(@D)
	rm -f bin/.built-*
	touch $@

bench: build
	cd bench && $(GO) build -o ../bin/bench .
	./bin/bench $(BENCH_FLAGS)

BASE ?= main
bench-compare:
	./scripts/bench-compare.sh $(BASE)

release-deps:
	$(GO) mod download
	cd tools/release && $(GO) mod download

release:
	./scripts/release.sh dist

release-test:
	./scripts/release-test.sh

fmt:
	$(TOOL) golangci-lint fmt ./...

web:
	./scripts/console.sh

web-test:
	FULL=1 ./scripts/console-test.sh

screenshots:
	./scripts/screenshots.sh
