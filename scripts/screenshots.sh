#!/bin/sh
# Makes the pictures of the documentation with headless Chromium, from a sandbox of its own:
# docs/images/claim.png and the console's, light in Chinese and dark in English. It is no test. Needs chromium and fonts-noto-cjk; pngquant, if it is
# there, makes the picture smaller.
set -eu
cd "$(dirname "$0")/.."
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
	echo "no Chromium; on Debian: apt-get install chromium fonts-noto-cjk" >&2
	exit 1
}
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
export FAVORD_STATE_DIR="$work/state" FAVORD_LANG=zh
mkdir "$work/state"
go build -o "$work/favord" ./cmd/favord
"$work/favord" dev --quiet --api 127.0.0.1:0 --manage 127.0.0.1:0 --no-proxy --ready-file "$work/ready.json" >/dev/null &
server=$!
until [ -s "$work/ready.json" ]; do kill -0 "$server" && sleep 0.1; done

link() { "$work/favord" sign h5 "$1" --number "$2"; }
# shot NAME ADDRESS: one page as a telephone shows it. The profile is new, so nothing is kept.
shot() {
	"$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --accept-lang=zh-CN --user-data-dir="$work/profile" \
		--force-device-scale-factor=2 --window-size=390,800 --screenshot="$work/$1.png" "$2" >/dev/null 2>&1
}
offer=$(link 1282070000000017 offer1)
claimed=$(link 1282070000000018 claim1)
curl -sS --fail -o /dev/null -X POST "${claimed%%#*}"
curl -sS --fail -o /dev/null -X POST "$(link 1282070000000017 claim2 | sed 's/#.*//')"
api=$(sed -n 's/.*"api_url": "\(.*\)".*/\1/p' "$work/ready.json")
openid=$(sed -n 's/.*"openid": "\(.*\)".*/\1/p' "$work/ready.json")
appid=$(sed -n 's/.*"appid": "\(.*\)".*/\1/p' "$work/ready.json")
shot offer "$offer"
shot claimed "$claimed"
shot pack "$api/wallet?appid=$appid&openid=$openid"

cat >"$work/all.html" <<HTML
<body style="margin:0;padding:20px;display:flex;gap:20px;background:#d8dbe0">
<img src="offer.png" width="390" style="border-radius:24px"><img src="claimed.png" width="390" style="border-radius:24px"><img src="pack.png" width="390" style="border-radius:24px">
HTML
"$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files --user-data-dir="$work/profile" \
	--window-size=1250,840 --screenshot="$work/all.png" "file://$work/all.html" >/dev/null 2>&1
if command -v pngquant >/dev/null; then
	pngquant --force --output "$work/all.png" --strip --speed 1 256 "$work/all.png"
fi
mkdir -p docs/images
cp "$work/all.png" docs/images/claim.png
./scripts/console.sh install
(cd web && CHROMIUM="$chromium" FAVORD="$work/favord" PICTURES="$PWD/../docs/images" npx --no-install playwright test shots)
if command -v pngquant >/dev/null; then
	for picture in docs/images/console-*.png; do pngquant --force --output "$picture" --strip --speed 1 256 "$picture"; done
fi
ls -l docs/images
