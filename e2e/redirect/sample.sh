#!/bin/sh
# A signed call to the real service's host with nothing but openssl and curl. A test runs it
# with `favord run -- sh sample.sh STOCK`.
set -eu
path="/v3/marketing/busifavor/stocks/$1"
timestamp=$(date +%s)
nonce=$(openssl rand -hex 16)
signature=$(printf 'GET\n%s\n%s\n%s\n\n' "$path" "$timestamp" "$nonce" |
    openssl dgst -sha256 -sign "$FAVORD_PRIVATE_KEY_FILE" | openssl base64 -A)
curl --fail --silent --show-error "https://api2.mch.weixin.qq.com$path" -H 'Accept: application/json' \
    -H "Authorization: WECHATPAY2-SHA256-RSA2048 mchid=\"$FAVORD_MCHID\",nonce_str=\"$nonce\",signature=\"$signature\",timestamp=\"$timestamp\",serial_no=\"$FAVORD_SERIAL_NO\""
