#!/bin/sh
# Builds the console's pages from their sources, with everything that proves them and needs no
# browser: types from the declarations, the compiler, unit tests. What it builds is committed, so
# that building the binary never needs Node; the same sources always give the same bytes.
set -eu
cd "$(dirname "$0")/../web"
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json "$stamp"
fi
[ "${1:-}" = install ] && exit
npm run --silent types
npm run --silent check
npm run --silent unit -- --reporter=dot
npm run --silent build -- --logLevel warn
