// Calls the real service's host with fetch, which on older versions of Node reads no proxy.
import { createSign, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const path = '/v3/marketing/busifavor/stocks/' + process.argv[2];
const timestamp = String(Math.floor(Date.now() / 1000));
const nonce = randomBytes(16).toString('hex');
const { FAVORD_MCHID: mchid, FAVORD_SERIAL_NO: serial, FAVORD_PRIVATE_KEY_FILE: key } = process.env;
const signature = createSign('RSA-SHA256').update(`GET\n${path}\n${timestamp}\n${nonce}\n\n`).sign(readFileSync(key), 'base64');
const answer = await fetch('https://api2.mch.weixin.qq.com' + path, {
  headers: {
    Accept: 'application/json',
    Authorization: `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",timestamp="${timestamp}",serial_no="${serial}",signature="${signature}"`,
  },
});
console.log(await answer.text());
