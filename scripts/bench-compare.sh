#!/bin/sh
# Runs the benchmarks of the hot packages at another commit and here, and compares them
# with benchstat: scripts/bench-compare.sh BASE. COUNT, TIME, BENCH and PACKAGES change how
# often, how long, which and where.
set -eu
cd "$(dirname "$0")/.."
base=${1:?which commit to compare with}
count=${COUNT:-6}
time=${TIME:-0.3s}
which=${BENCH:-.}
packages=${PACKAGES:-./apiv3 ./wire/schema ./internal/base/lane ./internal/platform/directory ./internal/edge/httpapi ./internal/busifavor/issue ./internal/store/memstore ./internal/store/sqlitestore}

work=$(mktemp -d)
trap 'git worktree remove --force "$work/base" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT INT TERM
git worktree add --quiet --detach "$work/base" "$base"

measure() { # measure DIRECTORY FILE
    (
        cd "$1"
        there=""
        for package in $packages; do
            if [ -d "$package" ]; then there="$there $package"; fi
        done
        # shellcheck disable=SC2086 # a list of packages
        go test -run '^$' -bench "$which" -benchmem -benchtime "$time" -count "$count" $there
    ) >"$2"
}

echo "measuring $base" >&2
measure "$work/base" "$work/old.txt"
echo "measuring this checkout" >&2
measure . "$work/new.txt"
go tool -modfile=tools/go.mod benchstat "base=$work/old.txt" "here=$work/new.txt"
