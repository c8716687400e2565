#!/bin/sh
# Restores a point in time with pgBackRest: a backup under load, a restore to a moment after it, and
# favord check. As root on Debian it installs what it needs.
set -eu
cd "$(dirname "$0")/.."
packages="postgresql pgbackrest"
. scripts/ha-packages.sh
"${GO:-go}" test -count=1 -v -tags ha -run '^TestAPointInTime' ./e2e
