#!/bin/sh
# Runs the tests that repeat something for long, and prints what they did: scripts/soak.sh SIZE,
# where SIZE is hour (20 times as often as `make test`) or night (200 times).
set -eu
cd "$(dirname "$0")/.."
size=${1:-}
case "$size" in
hour) factor=20 ;;
night) factor=200 ;;
*)
    echo "which size? make soak SIZE=hour, or SIZE=night" >&2
    exit 2
    ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export FAVORD_SIZE="$size"
status=0
began=$(date +%s)
echo "size $size, commit $(git describe --always --dirty), $(go version | cut -d' ' -f3), $(nproc) cores"

# soak WHAT PACKAGE RUN MORE...: one group of tests after another, so that none takes the time of another.
soak() {
    echo
    echo "$1: go test ./$2 -run '$3'"
    package=$2 run=$3
    shift 3
    if go test -count=1 -timeout 0 -v "./$package" -run "$run" "$@" >"$log" 2>&1; then
        grep -E 'crashes|kills|nodes, |backups |operations|proof P|random sequences|^ok' "$log"
    else
        status=1
        grep -v -e '^=== ' "$log"
    fi
}
soak "killed while it serves" e2e 'Kill9|Killed'
soak "backed up while it serves" e2e 'ABackupHolds'
soak "days of several nodes, simulated" internal/simulate .
soak "power that is lost" internal/store/powerloss .
soak "failovers" internal/busifavor/issue 'Failover|AsynchronousStandby'
soak "coupons that many want at once" internal/busifavor/redeem 'Linearizable'
soak "payments and refunds at once" internal/favor/pay 'Linearizable'
soak "callbacks to a receiver that fails" internal/platform/notify 'ThoughTheReceiverFailsOften'
soak "planted bugs" internal/base/planted 'Planted'
soak "requests that meet" internal/edge/httpapi 'Twins'
soak "random sequences on all engines" internal/store/sqlitestore 'AgreesWithTheModel' -rapid.checks $((100 * factor))
soak "random sequences on all engines" internal/store/pgstore 'AgreesWithTheModel' -rapid.checks $((100 * factor))
took=$(($(date +%s) - began))
echo
echo "total time $((took / 3600)) h $((took % 3600 / 60)) min"
exit $status
