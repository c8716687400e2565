#!/bin/sh
# Builds a highly available installation on this machine: PostgreSQL on two members under Patroni with
# a synchronous standby, three etcd, haproxy, two nodes of favord. Under load it kills, switches and
# parts them, and prints what was lost, doubled, and the longest time without an answer. It fails when
# anything was lost or doubled. As root on Debian it installs what it needs.
set -eu
cd "$(dirname "$0")/.."
packages="postgresql patroni etcd-server etcd-client haproxy iproute2"
. scripts/ha-packages.sh

# The test is built here, where there is a network, and run where there is none.
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
"${GO:-go}" test -c -tags ha -o "$dir/ha.test" ./e2e
run="$dir/ha.test -test.count=1 -test.run ^TestFaultsLoseNothing -test.timeout 30m"
[ -z "${VERBOSE:-}" ] || run="$run -test.v"
cd e2e
# A network of its own: nothing leaves this machine. A member of PostgreSQL and one of etcd live in namespaces
# of theirs, whose links to the others can be cut.
part='mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; ip link set lo up
    ip link add favord-ha type bridge
    ip address add 10.77.0.1/24 dev favord-ha
    ip link set favord-ha up
    last=2
    for one in member etcd; do
        ip netns add favord-$one
        ip link add favord-$one type veth peer name inside netns favord-$one
        ip link set favord-$one master favord-ha up
        ip -n favord-$one link set lo up
        ip -n favord-$one address add 10.77.0.$last/24 dev inside
        ip -n favord-$one link set inside up
        last=$((last + 1))
    done'
if unshare --net --mount sh -ec "$part" 2>/dev/null; then
    FAVORD_HA_NAMESPACE=favord unshare --net --mount sh -ec "$part"'
        exec "$@"' sh $run
else
    echo "network namespaces are not allowed here: nothing is parted" >&2
    $run
fi
