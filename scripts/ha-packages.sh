# Installs Debian's packages that $packages names and are missing, without starting their services, and exports
# where the programs of PostgreSQL are. To be read by scripts that run as root.
if [ "$(id -u)" != 0 ]; then
    echo "nothing was tried: programs are started as the user postgres, which needs root" >&2
    exit 1
fi
missing=""
for package in $packages; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "nothing was tried: these packages of Debian are missing, and there is no apt-get here to install them:$missing" >&2
        exit 1
    fi
    policy=""
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    # shellcheck disable=SC2086 # a list of packages
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing; } >/dev/null 2>&1 &&
        installed=1 || installed=""
    [ -z "$policy" ] || rm -f "$policy"
    if [ -z "$installed" ]; then
        echo "nothing was tried: these packages of Debian are missing and could not be installed:$missing" >&2
        exit 1
    fi
fi
FAVORD_PG_BIN=$(for dir in /usr/lib/postgresql/*/bin; do echo "$dir"; done | sort -V | tail -1)
export FAVORD_PG_BIN
