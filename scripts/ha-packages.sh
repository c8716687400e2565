# Installs Debian's packages that are named and missing, without starting their services, and exports
# where the programs of PostgreSQL are. To be read by scripts that run as root.
if [ "$(id -u)" != 0 ]; then
    echo "programs are started as the user postgres: this needs root" >&2
    exit 1
fi
missing=""
for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
    apt-get update -qq
    policy=""
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    # shellcheck disable=SC2086 # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
    [ -z "$policy" ] || rm -f "$policy"
fi
FAVORD_PG_BIN=$(for dir in /usr/lib/postgresql/*/bin; do echo "$dir"; done | sort -V | tail -1)
export FAVORD_PG_BIN
