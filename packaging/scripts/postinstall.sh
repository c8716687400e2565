#!/bin/sh
# After the files are there: users, who may read the configuration, running services.
set -e
if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers favord.conf
else
    for user in favord favord-sandbox; do
        getent passwd "$user" >/dev/null ||
            useradd --system --user-group --home-dir "/var/lib/$user" --no-create-home --shell /usr/sbin/nologin "$user"
    done
fi
# The configuration may hold a password. Who has changed its group since keeps it.
if [ "$(stat -c %G /etc/favord/favord.yaml)" = root ]; then
    chgrp favord /etc/favord/favord.yaml
    chmod 0640 /etc/favord/favord.yaml
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart favord.service favord-sandbox.service
fi
if [ ! -e /etc/favord/kek ]; then
    cat <<'TEXT'
Favord is installed. A sandbox:
    systemctl enable --now favord-sandbox
A production server needs a key that seals all others, and a token for its operator:
    cd /etc/favord && (umask 077 && openssl rand -hex 32 >kek && openssl rand -hex 32 >token && chown favord: kek token)
    systemctl enable --now favord
Keep a copy of /etc/favord/kek away from the backups of /var/lib/favord.
TEXT
fi
