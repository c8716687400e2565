#!/bin/sh
# Builds the previous release from the repository's history, and replaces it under load by what is
# checked out here: two nodes on one PostgreSQL behind a proxy. No call may fail.
set -eu
cd "$(dirname "$0")/.."
commit=$(sed '/^#/d' scripts/previous-release)
if ! full=$(git rev-parse --verify --quiet "$commit^{commit}"); then
    echo "the history lacks $commit, which scripts/previous-release names: fetch it (git fetch --unshallow)" >&2
    exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/source"
git archive "$full" | tar -x -C "$dir/source"
(cd "$dir/source" && "${GO:-go}" build -buildvcs=false -trimpath -o "$dir/favord" ./cmd/favord)
"$dir/favord" version
FAVORD_PREVIOUS="$dir/favord" "${GO:-go}" test -count=1 -v -tags upgrade -run '^TestAReleaseReplacesThePreviousOne' ./e2e
