#!/bin/sh
# Runs each fuzz target for a time, and keeps what it finds: scripts/fuzz.sh [TIME [TARGET...]], where
# TIME is that of each target, such as 60s, and a TARGET is part of a name. An input that breaks a promise
# is written to testdata/fuzz beside the test, where every later `go test` plays it: commit it with
# the mend. What made new paths stays in Go's build cache, so that the next run begins there.
set -eu
cd "$(dirname "$0")/.."
time=${1:-60s}
[ $# -eq 0 ] || shift
status=0 ran=0 found=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for file in $(git ls-files --cached --others --exclude-standard '*_test.go' | xargs grep -l '^func Fuzz' | grep -v '^bench/' | sort); do
    for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
        wanted=1
        for part in "$@"; do
            wanted=0
            case "$target" in *"$part"*) wanted=1 && break ;; esac
        done
        [ "$wanted" = 1 ] || continue
        ran=$((ran + 1))
        if go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$(dirname "$file")" >"$log" 2>&1; then
            printf '%-55s %s\n' "$target" "$(grep -o 'execs: [0-9]*.*' "$log" | tail -n 1)"
        else
            status=1 found=$((found + 1))
            printf '%-55s FOUND SOMETHING\n' "$target"
            cat "$log"
        fi
    done
done
echo "fuzz targets $ran, each for $time; $found found something"
exit $status
