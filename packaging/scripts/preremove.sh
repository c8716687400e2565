#!/bin/sh
# Before the files go: stop the services, but not for an upgrade.
set -e
case "$1" in
remove | 0)
    if [ -d /run/systemd/system ]; then
        systemctl disable --now favord.service favord-sandbox.service
    fi
    ;;
esac
