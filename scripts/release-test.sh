#!/bin/sh
# Makes a release twice, the second time with nothing in the build cache, compares the bytes,
# and installs the deb. PLATFORMS limits both; linux/amd64 is enough to see a difference.
set -eu
cd "$(dirname "$0")/.."
export PLATFORMS="${PLATFORMS:-linux/amd64 windows/arm64}"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
./scripts/release.sh "$work/first"
GOCACHE="$work/cache" ./scripts/release.sh "$work/second" >/dev/null
diff -r "$work/first" "$work/second"
(cd "$work/first" && sha256sum --quiet --check SHA256SUMS)
echo "twice the same bytes: ok"
./scripts/install-test.sh "$work"/first/*"_$(dpkg --print-architecture).deb"
