"""Issues a coupon and redeems it, with the standard library and `cryptography`. It calls the real
service, or the base URL that is its argument."""
import base64
import datetime
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

env = os.environ
host = sys.argv[1] if len(sys.argv) > 1 else "https://api.mch.weixin.qq.com"
stock = "1282070000000017"  # every sandbox has it: 5 yuan off 10

with open(env["FAVORD_PRIVATE_KEY_FILE"], "rb") as file:
    private_key = serialization.load_pem_private_key(file.read(), None)
with open(env["FAVORD_PUBLIC_KEY_FILE"], "rb") as file:
    platform_key = serialization.load_pem_public_key(file.read())


def post(uri, fields):
    body = json.dumps(fields)
    timestamp, nonce = str(int(time.time())), uuid.uuid4().hex
    message = f"POST\n{uri}\n{timestamp}\n{nonce}\n{body}\n".encode()
    signature = base64.b64encode(private_key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
    request = urllib.request.Request(host + uri, body.encode(), {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": "sample",
        "Wechatpay-Serial": env["FAVORD_PUBLIC_KEY_ID"],
        "Authorization": f'WECHATPAY2-SHA256-RSA2048 mchid="{env["FAVORD_MCHID"]}",serial_no="{env["FAVORD_SERIAL_NO"]}",'
                         f'timestamp="{timestamp}",nonce_str="{nonce}",signature="{signature}"',
    })
    try:
        with urllib.request.urlopen(request) as response:
            answer, headers = response.read(), response.headers
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code} {error.read().decode()}")
    if headers["Wechatpay-Serial"] != env["FAVORD_PUBLIC_KEY_ID"]:
        sys.exit("the answer is signed with another key")
    message = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + answer + b"\n"
    signature = base64.b64decode(headers["Wechatpay-Signature"])
    platform_key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())  # raises when it is forged
    return json.loads(answer)


sent = post("/v3/marketing/busifavor/coupons/send", {
    "stock_id": stock,
    "appid": env["FAVORD_APPID"],
    "openid": env["FAVORD_OPENID"],
    "out_request_no": uuid.uuid4().hex,  # a repeat with the same number issues nothing twice
})
code = sent["send_coupon_result"]["coupon_code"]
print("issued", code)

post("/v3/marketing/busifavor/coupons/use", {
    "coupon_code": code,
    "stock_id": stock,
    "appid": env["FAVORD_APPID"],
    "use_time": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
    "use_request_no": uuid.uuid4().hex,
})
print("redeemed", code)
