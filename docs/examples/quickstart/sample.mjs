// Issues a coupon and redeems it with wechatpay-axios-plugin, which signs and verifies. It calls
// the real service, or the base URL that is its argument.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Wechatpay } from 'wechatpay-axios-plugin';

const { env } = process;
const [base] = process.argv.slice(2);
const stock = '1282070000000017'; // every sandbox has it: 5 yuan off 10
const number = () => randomUUID().replaceAll('-', '');

const wxpay = new Wechatpay({
  mchid: env.FAVORD_MCHID,
  serial: env.FAVORD_SERIAL_NO,
  privateKey: readFileSync(env.FAVORD_PRIVATE_KEY_FILE),
  certs: { [env.FAVORD_PLATFORM_SERIAL_NO]: readFileSync(env.FAVORD_PLATFORM_CERT_FILE) },
  ...(base ? { baseURL: `${base}/` } : {}),
});
const { coupons } = wxpay.v3.marketing.busifavor;

const sent = await coupons.send.post({
  stock_id: stock,
  appid: env.FAVORD_APPID,
  openid: env.FAVORD_OPENID,
  out_request_no: number(), // a repeat with the same number issues nothing twice
});
const code = sent.data.send_coupon_result.coupon_code;
console.log('issued', code);

await coupons.use.post({
  coupon_code: code,
  stock_id: stock,
  appid: env.FAVORD_APPID,
  use_time: new Date().toISOString(),
  use_request_no: number(),
});
console.log('redeemed', code);
