#!/bin/sh
# Generates the types of the management port's operations from the document that the Go code
# makes, without a server.
set -eu
cd "$(dirname "$0")"
document=$(mktemp --suffix=.json)
trap 'rm -f "$document"' EXIT
(cd .. && "${GO:-go}" run ./web/document) >"$document"
npx --no-install openapi-typescript "$document" --output src/api/manage.d.ts --alphabetize >/dev/null
