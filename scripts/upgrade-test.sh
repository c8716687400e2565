#!/bin/sh
# Builds the previous release from the repository's history, and replaces it under load by what is
# checked out here: two nodes on one PostgreSQL behind a proxy. No call may fail.
set -eu
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
./scripts/previous.sh "$dir/favord"
"$dir/favord" version
FAVORD_PREVIOUS="$dir/favord" "${GO:-go}" test -count=1 -v -tags upgrade -run '^TestAReleaseReplacesThePreviousOne' ./e2e
