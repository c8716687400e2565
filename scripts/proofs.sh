#!/bin/sh
# Runs the tests that scripts/proofs.tsv names and prints what each promise of docs/reliability.md stands
# on: promise, result, figure, test, size, date, commit. The figure is what the test says behind
# "proof Pn:", failing that what it says at all, failing that how many cases passed. scripts/proofs.sh P7 P16
# runs some of them. FAVORD_SIZE chooses the size, as for every test.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
commit=$(git describe --always --dirty) day=$(date -u +%Y-%m-%d) size=${FAVORD_SIZE:-usual}
export FAVORD_PREVIOUS="$work/previous"
status=0 rows=0 held=0
line() { printf '%-7s  %-6s  %-95s  %-75s  %-5s  %-10s  %s\n' "$@"; }
row() { line "$1" "$2" "$3" "$4" "$size" "$day" "$commit"; }
wanted() {
    promise=$1
    shift
    [ $# -gt 0 ] || return 0
    for one in "$@"; do [ "$one" = "$promise" ] && return 0; done
    return 1
}
line promise result figure test size date commit
while IFS='	' read -r promise package test <&3; do
    case "$promise" in \#* | '') continue ;; esac
    wanted "$promise" "$@" || continue
    rows=$((rows + 1))
    if [ "$test" = none ]; then
        row "$promise" none "0 tests: not promised" "-"
        continue
    fi
    file=$(grep -l "^func $test(" "$package"/*_test.go)
    tags=$(sed -n '1s/^\/\/go:build //p' "$file")
    binary=$work/$(echo "$package$tags" | tr / -)
    [ -x "$binary" ] || go test -c -tags "$tags" -o "$binary" "./$package"
    if [ "$tags" = upgrade ] && [ ! -x "$FAVORD_PREVIOUS" ]; then
        ./scripts/previous.sh "$FAVORD_PREVIOUS" || true # the test says that it is missing
    fi
    if (cd "$root/$package" && "$binary" -test.v -test.count=1 -test.timeout 0 -test.run "^$test\$") >"$work/log" 2>&1 &&
        grep -q -e "^--- PASS: $test " "$work/log"; then
        result=held held=$((held + 1))
    else
        result=BROKEN status=1
    fi
    figure=$(sed -n "s/^.*proof $promise: //p" "$work/log" | awk '!said[$0]++' | paste -s -d ';' -)
    [ -n "$figure" ] || figure=$(sed -n 's/^ *[a-z0-9_]*_test\.go:[0-9]*: //p' "$work/log" | tail -n 1)
    [ -n "$figure" ] && [ "$result" = held ] || figure=${figure:-$(grep -c -e '--- PASS' "$work/log" || true) cases passed}
    row "$promise" "$result" "$figure" "$package $test"
    [ "$result" = held ] || grep -v -e '^=== ' "$work/log" | tail -n 40
done 3<scripts/proofs.tsv
echo "proofs: $held of $rows rows held"
exit $status
