#!/bin/sh
# Runs the tests that repeat something for long, one group after another, and prints what each did:
# scripts/soak.sh SIZE [GROUP], where SIZE is hour or night and GROUP a part of the name of some groups.
# internal/size and the tests say how often each repeats what. A group that fails does not end the run;
# one that takes more than its time is cut. Both are said again at the end, with the tests and why.
set -eu
cd "$(dirname "$0")/.."
size=${1:-} only=${2:-}
case "$size" in
hour) checks=1000 most=15m ;;
night) checks=10000 most=3h ;;
*)
    echo "which size? make soak SIZE=hour, or SIZE=night" >&2
    exit 2
    ;;
esac
work=$(mktemp -d)
chmod 711 "$work" # PostgreSQL runs as somebody else
running=
finish() { rm -rf "$work"; }
stop() {
    [ -z "$running" ] || kill "$running" 2>/dev/null || true
    exit 130
}
trap finish EXIT
trap stop INT TERM
mkdir -m 711 "$work/tmp"
export FAVORD_SIZE="$size"
began=$(date +%s) groups=0 held=0
echo "size $size, commit $(git describe --always --dirty), $(date -u +%Y-%m-%d), $(go version | cut -d' ' -f3), $(nproc) cores"

# limited runs a command in a group of its own, so that all that it started ends with it.
limited() {
    if command -v timeout >/dev/null; then
        TMPDIR="$work/tmp" timeout "$most" "$@" &
    else
        TMPDIR="$work/tmp" "$@" &
    fi
    running=$! code=0
    wait "$running" || code=$?
    running=
    rm -rf "$work/tmp"/*
    return $code
}

# span says how long something took since it began.
span() {
    took=$(($(date +%s) - $1))
    [ $took -lt 60 ] || printf '%d min ' $((took / 60))
    printf '%d s' $((took % 60))
}

# soak WHAT PACKAGE RUN MORE...
soak() {
    what=$1 package=$2 run=$3
    case "$what" in *"$only"*) ;; *) return 0 ;; esac
    shift 3
    groups=$((groups + 1)) log="$work/$groups" since=$(date +%s) code=0
    echo
    echo "$what (go test ./$package -run '$run')"
    limited go test -count=1 -timeout 0 -v "./$package" -run "$run" "$@" >"$log" 2>&1 || code=$?
    awk -v want=did -f scripts/soak.awk "$log" >"$log.did"
    sed 's/^/    /' "$log.did"
    if [ $code = 0 ] && [ -s "$log.did" ]; then
        held=$((held + 1)) end=held
    elif [ $code = 124 ]; then
        end="cut after $most; it had come to: $(awk -v want=came -f scripts/soak.awk "$log")"
        echo "$what: cut after $most" >>"$work/bad"
    else
        end=FAILED
        {
            echo "$what:"
            awk -v want=failed -f scripts/soak.awk "$log" | sed 's/^/    /'
        } >>"$work/bad"
    fi
    echo "    $end, $(span "$since")"
}
soak "coupons while it is killed" e2e 'NoAcknowledgedCouponIsLostByKill9'
soak "vouchers and payments while it is killed" e2e 'NoAcknowledgedPaymentIsLostByKill9'
soak "first starts that are killed" e2e 'AFirstStartThatIsKilled'
soak "imports of codes while it is killed" e2e 'AnImportOfCodesGoesOnAcrossKill9'
soak "events while it is killed" e2e 'EveryEventArrivesAcrossKill9'
soak "a sale over nodes that are killed" e2e 'NodesThatAreKilledNeverOversell'
soak "figures of nodes that are killed" e2e 'FiguresOfNodesThatAreKilled'
soak "figures of workers that are killed" e2e 'FiguresOfManyAddUp'
soak "backups under load" e2e 'ABackupHolds'
soak "days of several nodes, simulated" internal/simulate .
soak "power that is lost" internal/store/powerloss .
soak "failovers" internal/busifavor/issue 'AFailover|AsynchronousStandby'
soak "coupons that many want at once" internal/busifavor/redeem 'Linearizable'
soak "payments and refunds at once" internal/favor/pay 'Linearizable'
soak "callbacks to a receiver that fails" internal/platform/notify 'ThoughTheReceiverFailsOften'
soak "requests that meet" internal/edge/httpapi 'Twins'
soak "random sequences on SQLite" internal/store/sqlitestore 'AgreesWithTheModel' -rapid.checks "$checks"
soak "random sequences on PostgreSQL" internal/store/pgstore 'AgreesWithTheModel' -rapid.checks "$checks"
soak "planted bugs" internal/base/planted 'Planted'
echo
if [ $groups = 0 ]; then
    echo "no group has \"$only\" in its name" >&2
    exit 2
fi
[ ! -f "$work/bad" ] || cat "$work/bad"
echo "$held of $groups groups held, total time $(span "$began")"
[ "$held" = "$groups" ]
