#!/bin/sh
# Installs a deb as an operator does, starts what it brings under systemd, uses it, stops it and
# removes it: scripts/install-test.sh FILE.deb. It takes place in a copy of this machine's root
# that forgets everything (an overlay), with a systemd of its own in namespaces of its own; it
# needs root, on Debian with systemd installed.
set -eu
deb=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
keeper=""
cleanup() {
    if [ -n "$keeper" ]; then
        kill -KILL "$keeper" 2>/dev/null || true # with it goes every process of its namespace
        wait "$keeper" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT
cp "$deb" "$work/favord.deb"

# boot builds the root and becomes its systemd.
cat >"$work/boot" <<'BOOT'
set -eu
mount -t tmpfs tmpfs "$1/over"
mkdir "$1/over/upper" "$1/over/work"
root=$1/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$root"
mount -t proc proc "$root/proc"
for dir in run tmp dev sys; do mount -t tmpfs tmpfs "$root/$dir"; done
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir -p "$root/dev/shm" "$root/sys/fs/cgroup"
mount -t cgroup2 cgroup "$root/sys/fs/cgroup"
rm -f "$root/etc/systemd/system/multi-user.target.wants/"*
cp "$1/favord.deb" "$1/check" "$root/srv/"
mkdir "$root/dev/pts" "$root/dev/mqueue"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
cd "$root"
mkdir -p run/before
pivot_root . run/before # not chroot, in which nobody gets a namespace of users
umount -l run/before
exec env container=favord /lib/systemd/systemd --system --unit=basic.target --log-target=console --show-status=no
BOOT
cp "$here/install-check.sh" "$work/check"
mkdir "$work/over" "$work/root"
unshare --mount --pid --fork --kill-child --cgroup --uts --ipc --net sh "$work/boot" "$work" >"$work/log" 2>&1 &
keeper=$!

# Its first process is the only child of the keeper.
inside() { nsenter --target "$first" --mount --pid --cgroup --uts --ipc --net --root --wd "$@"; }
first=""
tries=0
until [ -e "/proc/$first/root/srv/favord.deb" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; do
    kill -0 "$keeper" && [ $((tries += 1)) -lt 300 ] || { cat "$work/log" >&2; echo "no systemd after a minute" >&2; exit 1; }
    sleep 0.2
    first=$(tr -d ' ' <"/proc/$keeper/task/$keeper/children")
done
inside sh -eu /srv/check /srv/favord.deb
echo "installed, started, served, stopped, removed: ok"
