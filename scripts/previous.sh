#!/bin/sh
# Builds the previous release, which scripts/previous-release names, from the repository's history:
# scripts/previous.sh PROGRAM writes it there.
set -eu
program=$1
cd "$(dirname "$0")/.."
commit=$(sed '/^#/d' scripts/previous-release)
if ! full=$(git rev-parse --verify --quiet "$commit^{commit}"); then
    echo "the history lacks $commit, which scripts/previous-release names: fetch it (git fetch --unshallow)" >&2
    exit 1
fi
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
git archive "$full" | tar -x -C "$source"
(cd "$source" && "${GO:-go}" build -buildvcs=false -trimpath -o "$program" ./cmd/favord)
