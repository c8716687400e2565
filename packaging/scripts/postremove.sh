#!/bin/sh
# After the files are gone. Keys and data stay, whatever is removed or purged: coupons are
# money, and a key that is lost opens nothing any more.
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
case "$1" in
purge) echo "Favord leaves keys in /etc/favord and data in /var/lib/favord and /var/lib/favord-sandbox; remove them by hand." ;;
esac
