#!/bin/sh
# What a change needs before anybody else sees it: every package without the race detector, at the
# size quick, in which the tests of all engines leave PostgreSQL out. Tests of PostgreSQL itself
# of the binary, and of the tests themselves (internal/base/planted) are left to `make test`. Packages that did not change are not tested again.
set -eu
cd "$(dirname "$0")/.."
began=$(date +%s)
# What needs a server, in packages that are tested: failovers, standbys, and what one row locks.
server='Failover|Standby|CancelledCommit|ItsTwinCaused'
# shellcheck disable=SC2046 # a list of packages
FAVORD_SIZE=quick go test -skip "$server" $(go list "${@:-./...}" | grep -v -e '/e2e$' -e '/internal/store/pg' -e '/planted$') >"${TMPDIR:-/tmp}/quick.$$" 2>&1 && status=0 || status=$?
grep -v -e 'no test files' -e '(cached)' "${TMPDIR:-/tmp}/quick.$$" || true
rm -f "${TMPDIR:-/tmp}/quick.$$"
echo "total time $(($(date +%s) - began)) s"
exit $status
