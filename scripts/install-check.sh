#!/bin/sh
# What scripts/install-test.sh does in its root: scripts/install-check.sh FILE.deb. Not for a
# machine that is used for something: it installs, and removes.
set -eu
export FAVORD_LANG=en LC_ALL=C
step() { echo "install: $*"; }
fail() {
    echo "install: FAILED: $*" >&2
    journalctl --no-pager -n 40 -u favord -u favord-sandbox >&2
    exit 1
}
is() { [ "$(systemctl show -P "$2" "$1")" = "$3" ] || fail "$1 has $2 $(systemctl show -P "$2" "$1"), not $3"; }

step "the package"
dpkg -i "$1" | tee /tmp/told
grep -q 'systemctl enable --now favord-sandbox' /tmp/told || fail "nobody is told what comes next"
is favord ActiveState inactive
systemd-analyze verify favord.service favord-sandbox.service
systemd-analyze security --threshold=20 favord.service favord-sandbox.service >/tmp/security || fail "$(tail -1 /tmp/security)"

step "without its key the server says what is missing"
if systemctl start favord; then fail "it started"; fi
journalctl --no-pager -u favord | grep -q '/etc/favord/.* cannot be read' || fail "no reason in the journal"
systemctl stop favord

step "with it, it serves"
sh -c "$(sed -n 's/^ *\(cd .etc.favord .*\)/\1/p' /tmp/told)"
systemctl enable --now favord || fail "it does not start"
is favord ActiveState active
favord status --config /etc/favord/favord.yaml
favord merchants list --manage-url http://127.0.0.1:18081 --token-file /etc/favord/token
process=$(systemctl show -P MainPID favord)
[ "$(stat -c %U "/proc/$process")" = favord ] || fail "it runs as another user"
[ "$(stat -c '%U %a' /var/lib/favord /var/lib/favord/favord.db | sort -u | tr '\n' ' ')" = "favord 600 favord 700 " ] || fail "others may read the data"

step "it reads its files again"
systemctl reload favord
is favord ActiveState active

step "it stops cleanly"
systemctl stop favord
is favord Result success
systemctl start favord

step "the sandbox"
systemctl start favord-sandbox
runuser -u favord-sandbox -- favord get --env /run/favord-sandbox/ready.json /v3/marketing/busifavor/stocks/1282070000000017 | grep -q 1282070000000017 ||
    fail "no signed answer"
if runuser -u favord-sandbox -- cat /etc/favord/kek 2>/dev/null; then fail "the sandbox reads the key of production"; fi

step "an upgrade starts what ran anew, and leaves the configuration"
echo "# mine" >>/etc/favord/favord.yaml
dpkg -i "$1"
is favord ActiveState active
is favord-sandbox ActiveState active
[ "$(systemctl show -P MainPID favord)" != "$process" ] || fail "the former program still runs"
grep -q '# mine' /etc/favord/favord.yaml || fail "the configuration was replaced"
[ "$(stat -c '%G %a' /etc/favord/favord.yaml)" = "favord 640" ] || fail "others may read the configuration"

step "removed, it leaves keys and data"
for how in -r -P; do
    dpkg $how favord
    [ ! -e /usr/bin/favord ] || fail "the program is there"
    [ -z "$(pgrep -x favord)" ] || fail "the program runs"
    [ -s /etc/favord/kek ] || fail "the key is gone"
    [ -s /var/lib/favord/favord.db ] || fail "the data is gone"
done
