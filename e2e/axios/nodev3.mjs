// Plays what wechatpay-node-v3 can do: certificates, signed calls, refusals and callbacks. Its HTTP
// library reads no proxy variable, so it runs under `favord run --transparent` by the host of the real
// service. The argument is a stock, whose name is printed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import WxPay from 'wechatpay-node-v3';

const { env } = process;
const [stock] = process.argv.slice(2);
const host = 'https://api.mch.weixin.qq.com';
const pay = new WxPay({
  appid: env.FAVORD_APPID,
  mchid: env.FAVORD_MCHID,
  publicKey: readFileSync(join(dirname(env.FAVORD_PRIVATE_KEY_FILE), 'apiclient_cert.pem')),
  privateKey: readFileSync(env.FAVORD_PRIVATE_KEY_FILE),
  key: env.FAVORD_APIV3_KEY,
});
let numbers = 0;
const number = () => `${process.pid}v3${Date.now()}x${numbers += 1}`;
const get = (path) => pay.httpService.get(host + path, pay.getHeaders(pay.buildAuthorization('GET', host + path)));
const post = (path, body) => pay.httpService.post(host + path, body, pay.getHeaders(pay.buildAuthorization('POST', host + path, body)));

// It reads the merchant's serial from the certificate, and opens the platform's.
assert.equal(pay.getSN().toUpperCase(), env.FAVORD_SERIAL_NO);
const certificates = await pay.get_certificates(env.FAVORD_APIV3_KEY);
assert.ok(certificates.some((one) => one.serial_no === env.FAVORD_PLATFORM_SERIAL_NO && one.publicKey.includes('PUBLIC KEY')));

const shown = await get(`/v3/marketing/busifavor/stocks/${stock}`);
assert.equal(shown.status, 200);

// A callback comes, whose signature it verifies and which it opens.
const receiver = createServer();
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
const set = await post('/v3/marketing/busifavor/callbacks', { notify_url: `http://127.0.0.1:${receiver.address().port}/notify` });
assert.equal(set.status, 200, set.error);
const arrived = once(receiver, 'request').then(async ([request, response]) => {
  let body = '';
  for await (const part of request) body += part;
  response.writeHead(204).end();
  return { headers: request.headers, body };
});
const sent = await post('/v3/marketing/busifavor/coupons/send', {
  stock_id: stock, appid: env.FAVORD_APPID, openid: env.FAVORD_OPENID, out_request_no: number(),
});
assert.equal(sent.status, 200, sent.error);
const code = sent.data.send_coupon_result.coupon_code;
const { headers, body } = await arrived;
const signed = {
  timestamp: headers['wechatpay-timestamp'], nonce: headers['wechatpay-nonce'],
  serial: headers['wechatpay-serial'], signature: headers['wechatpay-signature'],
};
assert.equal(await pay.verifySign({ ...signed, body }), true);
assert.equal(await pay.verifySign({ ...signed, body: `${body} ` }), false);
const { ciphertext, associated_data: associated, nonce } = JSON.parse(body).resource;
assert.equal(pay.decipher_gcm(ciphertext, associated, nonce, env.FAVORD_APIV3_KEY).coupon_code, code);
receiver.close();

// What is refused comes with its code.
const use = (path) => post(path, {
  coupon_code: code, stock_id: stock, appid: env.FAVORD_APPID, use_time: new Date().toISOString(), use_request_no: number(),
});
assert.equal((await use('/v3/marketing/busifavor/coupons/use')).status, 200);
const again = await use('/v3/marketing/busifavor/coupons/use');
assert.equal(again.status, 400);
assert.equal(JSON.parse(again.error).code, 'RESOURCE_ALREADY_EXISTS');
console.log(shown.data.stock_name);
process.exit(0);
