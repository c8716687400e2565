#!/bin/sh
# Drives the console of the built binary with Chromium: every page once, alternating in language,
# theme and width. FULL=1 visits all of them in every variant and in a zone far from Beijing, and
# runs what takes minutes.
set -eu
cd "$(dirname "$0")/.."
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "no Chromium; on Debian: apt-get install chromium fonts-noto-cjk" >&2
    exit 1
}
export CHROMIUM="$chromium" CI=1
make --silent build
FAVORD="$PWD/bin/favord"
export FAVORD
./scripts/console.sh install
cd web
npx --no-install playwright test "$@"
[ -z "${FULL:-}" ] || TZ=America/New_York FULL='' npx --no-install playwright test "$@"
