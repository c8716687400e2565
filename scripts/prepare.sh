#!/bin/sh
# Installs what the tests need and the machine lacks: a C compiler for the race detector,
# Node for the third-party client and the console, promtool for the alerts, Chromium and a Chinese font for the console's pages, the JDK with Apache HttpClient, PHP, Python and curl for samples and programs that are redirected, the programs of a PostgreSQL server; with the tag
# openssl in TAGS also the headers of OpenSSL. As root on Debian it does so by itself;
# elsewhere it says what is missing.
set -eu
cd "$(dirname "$0")/.."

missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need go "golang-1.26"
need gcc "gcc libc6-dev"
need node nodejs
need npm npm
need curl curl
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
[ -n "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ] || missing="$missing fonts-noto-cjk fontconfig"
need openssl openssl
need javac default-jdk-headless
[ "$(uname -s)" != Linux ] || [ -f /usr/share/java/httpclient.jar ] || missing="$missing libhttpclient-java"
need promtool prometheus
python3 -c 'import cryptography' >/dev/null 2>&1 || missing="$missing python3-cryptography"
php -r 'exit((int) !function_exists("curl_init"));' >/dev/null 2>&1 || missing="$missing php-cli php-curl"
case "${TAGS:-}" in
*openssl*) ./scripts/has-openssl.sh || missing="$missing libssl-dev" ;;
esac

# Tests run clusters of their own; only the programs of PostgreSQL 15 or newer matter.
postgres=no
for version in /usr/lib/postgresql/*; do
    [ -x "$version/bin/initdb" ] && [ "${version##*/}" -ge 15 ] && postgres=yes
done
[ "$postgres" = yes ] || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"

case "$missing" in
*golang*)
    echo "Go 1.26 or newer is needed: https://go.dev/dl" >&2
    exit 1
    ;;
esac
if [ -n "$missing" ]; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "Please install:$missing" >&2
        exit 1
    fi
    apt-get update -q
    case "$missing" in
    *postgresql*) # without a server of its own that starts at once
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql-common
        sed -i 's/^#*[[:space:]]*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
        ;;
    esac
    # shellcheck disable=SC2086 # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fi

# The console is built with Vite, which needs this much.
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
    echo "Node 20.19 or newer is needed to build and test the console, here is $(node --version): https://nodejs.org" >&2
    exit 1
}

# The client is installed anew only when its lock file changed.
stamp=e2e/axios/node_modules/.installed
if ! cmp -s e2e/axios/package-lock.json "$stamp" 2>/dev/null; then
    (cd e2e/axios && npm ci --no-audit --no-fund)
    cp e2e/axios/package-lock.json "$stamp"
fi

./scripts/console.sh install
