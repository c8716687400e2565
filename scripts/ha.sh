#!/bin/sh
# Builds a highly available installation on this machine: PostgreSQL on two members under Patroni with
# a synchronous standby, three etcd, haproxy, two nodes of favord. Under load it kills, switches and
# parts them, and prints what was lost, doubled, and the longest time without an answer. It fails when
# anything was lost or doubled. As root on Debian it installs what it needs.
set -eu
cd "$(dirname "$0")/.."
. scripts/ha-packages.sh postgresql patroni etcd-server etcd-client haproxy iproute2

# The test is built here, where there is a network, and run where there is none.
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
"${GO:-go}" test -c -tags ha -o "$dir/ha.test" ./e2e
run="$dir/ha.test -test.count=1 -test.run ^TestFaultsLoseNothing -test.timeout 30m"
[ -z "${VERBOSE:-}" ] || run="$run -test.v"
cd e2e
part='mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; ip netns add favord-ha'
if unshare --net --mount sh -ec "$part" 2>/dev/null; then
    # A network of its own: nothing leaves this machine, and one member can be parted from the others.
    FAVORD_HA_NAMESPACE=favord-ha unshare --net --mount sh -ec "$part"'
        ip link set lo up
        ip link add favord-ha type veth peer name member netns favord-ha
        ip address add 10.77.0.1/24 dev favord-ha
        ip link set favord-ha up
        ip -n favord-ha link set lo up
        ip -n favord-ha address add 10.77.0.2/24 dev member
        ip -n favord-ha link set member up
        exec "$@"' sh $run
else
    echo "network namespaces are not allowed here: nothing is parted" >&2
    $run
fi
