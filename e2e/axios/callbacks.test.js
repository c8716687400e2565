// The same client plays a merchant who is told of coupons: it takes a notification, verifies
// its signature and decrypts it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import plugin from 'wechatpay-axios-plugin';
import { env, merchant, number, refusal } from './sandbox.js';

const { Formatter, Rsa, Aes } = plugin;
// keys verify, by what Wechatpay-Serial names: a sandbox signs with the key that the merchant's
// last call named, and another test may have named the other one.
const keys = {
  [env.platform_serial_no]: readFileSync(env.platform_cert_file),
  [env.public_key_id]: readFileSync(env.public_key_file),
};

// receiver listens on loopback and hands out the notifications that come.
async function receiver() {
  const waiting = [];
  const got = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.statusCode = 204;
      response.end();
      const one = { headers: request.headers, raw: request.rawHeaders, body: Buffer.concat(chunks).toString('utf8'), method: request.method };
      if (waiting.length) waiting.shift()(one); else got.push(one);
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${server.address().port}/notify`,
    next: () => (got.length ? got.shift() : new Promise((resolve) => { waiting.push(resolve); })),
    close: () => { server.close(); server.closeAllConnections(); },
  };
}

// open verifies and decrypts as the platform's documentation says.
function open({ headers, body }) {
  const key = keys[headers['wechatpay-serial']];
  assert.ok(key, headers['wechatpay-serial']);
  assert.equal(headers['wechatpay-signature-type'], 'WECHATPAY2-SHA256-RSA2048');
  assert.ok(Math.abs(Formatter.timestamp() - Number(headers['wechatpay-timestamp'])) < 300);
  const message = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body);
  assert.ok(Rsa.verify(message, headers['wechatpay-signature'], key));
  const event = JSON.parse(body);
  const { nonce, ciphertext, associated_data: aad } = event.resource;
  return { event, resource: JSON.parse(Aes.AesGcm.decrypt(ciphertext, env.apiv3_key, nonce, aad)) };
}

test('a coupon is told to the callback URL, verified and decrypted', async (t) => {
  const shop = await receiver();
  t.after(() => shop.close()); // a failure ends the program, too
  const { busifavor } = merchant().v3.marketing;
  const { data: set } = await busifavor.callbacks.post({ mchid: env.mchid, notify_url: shop.url });
  assert.equal(set.notify_url, shop.url);
  const { data: shown } = await busifavor.callbacks.get({ params: { mchid: env.mchid } });
  assert.equal(shown.notify_url, shop.url);

  const request = number();
  const { data: sent } = await busifavor.coupons.send.post({
    openid: env.openid, appid: env.appid, stock_id: '1282070000000017', out_request_no: request,
  });
  let told;
  do { // another test may have issued coupons, too
    const notification = await shop.next();
    assert.equal(notification.method, 'POST');
    assert.ok(notification.raw.includes('Wechatpay-Signature') && notification.raw.includes('Request-ID'));
    told = open(notification);
    assert.equal(told.event.event_type, 'COUPON.SEND');
    assert.equal(told.event.resource_type, 'encrypt-resource');
  } while (told.resource.send_req_no !== request);
  assert.equal(told.resource.coupon_code, sent.send_coupon_result.coupon_code);
  assert.equal(told.resource.event_type, 'EVENT_TYPE_BUSICOUPON_SEND');
  assert.equal(told.resource.send_channel, 'BUSICOUPON_SEND_CHANNEL_API');
  assert.equal(told.resource.send_merchant, env.mchid);
  assert.equal(told.resource.attach_info, undefined);
});

test('a callback URL that nobody may use is refused', async () => {
  for (const url of ['http://www.example.com/n', 'https://www.example.com/n?a=1', 'https://10.0.0.1/n', 'https://www.example.com#f']) {
    const refused = await refusal(merchant().v3.marketing.busifavor.callbacks.post({ notify_url: url }));
    assert.equal(refused.status, 400);
    assert.equal(refused.code, 'PARAM_ERROR');
    assert.match(refused.message, /notify_url/);
  }
});
