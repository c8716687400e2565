#!/bin/sh
# Runs every test with the race detector: first the packages, then the binary from outside,
# whose output names the third-party client's tests. Ends with a summary. Where OpenSSL can
# be built with, its signatures are tested too, without asking.
set -eu
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log" "$log.walk" "$log.planted" "$log.e2e" "$log.web"' EXIT
status=0
began=$(date +%s)

# past says how many seconds went by since it was asked last.
last=$began
past() {
    at=$(date +%s)
    echo "($((at - last)) s)"
    last=$at
}

# SQLite and the C library under it are C translated to Go, with memory outside Go's heap. The race
# detector sees nothing of that memory, and its instructions cost most of the time of a run.
# Nobody debugs these binaries, so they go without DWARF: that is a third of the linker's work.
race='-race -ldflags=-w -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false -timeout 30m'

# shellcheck disable=SC2046,SC2086 # lists
go test $race $(go list ./... | grep -v -e '/e2e$' -e '/internal/edge/httpapi$' -e '/planted$') >"$log" 2>&1 || status=1
# What others do is measured from a module of its own.
# shellcheck disable=SC2086 # a list
(cd bench && go test $race ./...) >>"$log" 2>&1 || status=1
# The signed server walks the tables, and says how many operations hold: see counted below.
# shellcheck disable=SC2086 # a list
if go test $race -v ./internal/edge/httpapi >"$log.walk" 2>&1; then
    grep '^ok' "$log.walk" >>"$log"
else
    status=1
    grep -v -e '^=== ' -e '^ *--- PASS' "$log.walk" >>"$log"
fi
if [ -z "${TAGS:-}" ] && ./scripts/has-openssl.sh; then
    echo "with the tag openssl:" >>"$log"
    # shellcheck disable=SC2086 # a list
    go test $race -tags openssl ./internal/base/rsakey ./internal/platform/keyring >>"$log" 2>&1 || status=1
fi
# Bugs that are planted must be found: the log says which, and by what.
if go test -count=1 -timeout 30m -v ./internal/base/planted >"$log.planted" 2>&1; then
    grep '^ok' "$log.planted" >>"$log"
else
    status=1
fi
grep -v -e '^=== ' -e '^ *--- PASS' "$log.planted" | grep -v '^ok' >>"$log" || true
rm -f "$log.planted"
grep -v 'no test files' "$log" || true
past

echo
echo "end to end:"
# The binary is built as users get it, and the tests only call it: no race detector.
if go test -count=1 -timeout 60m -v ./e2e >"$log.e2e" 2>&1; then
    grep -E -e '^ *---|✔|crashes|backups |nodes, |^ok' "$log.e2e"
else
    status=1
    grep -v -e '^=== ' "$log.e2e"
fi
past

echo
echo "console:"
if ./scripts/console-test.sh >"$log.web" 2>&1; then
    grep -E -e 'kB of|passed' "$log.web"
else
    status=1
    grep -v -E '^\[[0-9]+/[0-9]+\]' "$log.web" # what fails, without what was begun
fi
past
web=$(sed -n 's/^ *\([0-9]*\) passed.*/\1/p' "$log.web" | tail -n 1)
rm -f "$log.web"

echo
passed=$(grep -c '^ok' "$log" || true)
failed=$(grep -c '^FAIL.*favord' "$log" || true)
e2e=$(grep -c -e '^ *--- PASS' "$log.e2e" || true)
e2efailed=$(grep -c -e '^ *--- FAIL' "$log.e2e" || true)
client=$(sed -n 's/.*ℹ pass \([0-9]*\).*/\1/p' "$log.e2e" | awk '{n += $1} END {print n + 0}')
counted=$(grep -o -E '(numbered operations with twins|replayable operations) [0-9]+ of [0-9]+' "$log.walk" || true)
rm -f "$log.e2e" "$log.walk"
[ -z "$counted" ] || echo "$counted"
echo "summary: packages $passed ok, $failed failed; end to end $e2e passed, $e2efailed failed; third-party client $client passed; console ${web:-0} passed"
took=$(($(date +%s) - began))
echo "total time $((took / 60)) min $((took % 60)) s"
exit $status
