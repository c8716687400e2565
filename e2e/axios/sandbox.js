// What the scripts share: where the sandbox is, the client, and how a refusal is looked at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import plugin from 'wechatpay-axios-plugin';

export const env = JSON.parse(readFileSync(process.env.FAVORD_ENV_FILE, 'utf8'));
const file = (path) => readFileSync(path);

// merchant returns a client for the demo merchant, which verifies answers by certificate.
export function merchant() {
  return new plugin.Wechatpay({
    mchid: env.mchid,
    serial: env.serial_no,
    privateKey: file(env.private_key_file),
    certs: { [env.platform_serial_no]: file(env.platform_cert_file) },
    ...(process.env.FAVORD_DEFAULT_HOST ? {} : { baseURL: `${env.api_url}/` }),
  });
}

// number makes a request number that no other run has used.
let numbers = 0;
export const number = () => `${env.mchid}${process.pid}x${Date.now()}x${numbers += 1}`;

export const seconds = (offset) => new Date(Date.now() + offset * 1000).toISOString();

// stockBody asks for a stock of merchant coupons.
export function stockBody(more = {}) {
  return {
    stock_name: '8月1日活动券',
    belong_merchant: env.mchid,
    goods_name: 'xxx商品使用',
    stock_type: 'NORMAL',
    coupon_use_rule: {
      coupon_available_time: { available_begin_time: seconds(-60), available_end_time: seconds(86400) },
      fixed_normal_coupon: { discount_amount: 500, transaction_minimum: 1000 },
      use_method: 'OFF_LINE',
    },
    stock_send_rule: { max_coupons: 10, max_coupons_per_user: 5 },
    out_request_no: number(),
    coupon_code_mode: 'WECHATPAY_MODE',
    ...more,
  };
}

// refusal returns the answer of a call that must be refused.
export async function refusal(call) {
  try {
    await call;
  } catch (error) {
    assert.ok(error.response, error.message);
    return { status: error.response.status, ...error.response.data };
  }
  return assert.fail('the call succeeded');
}
