// A client that nobody of this project wrote, wechatpay-axios-plugin, plays a merchant
// against a running sandbox. Where the sandbox is, FAVORD_ENV_FILE says; the Go test
// beside this folder sets it. With FAVORD_DEFAULT_HOST the client is told of no host: it
// calls that of the real service, and the variables of `favord run` redirect it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import plugin from 'wechatpay-axios-plugin';

const { Wechatpay, Formatter, Aes } = plugin;
const env = JSON.parse(readFileSync(process.env.FAVORD_ENV_FILE, 'utf8'));
const file = (path) => readFileSync(path);

// Platform keys by which the client may verify answers.
const byCertificate = { [env.platform_serial_no]: file(env.platform_cert_file) };
const byPublicKey = { [env.public_key_id]: file(env.public_key_file) };

function merchant(certs, more = {}) {
  return new Wechatpay({
    mchid: env.mchid,
    serial: env.serial_no,
    privateKey: file(env.private_key_file),
    certs,
    ...(process.env.FAVORD_DEFAULT_HOST ? {} : { baseURL: `${env.api_url}/` }),
    ...more,
  });
}

// number makes a request number that no other run has used.
let numbers = 0;
const number = () => `${env.mchid}${process.pid}x${Date.now()}x${numbers += 1}`;

const seconds = (offset) => new Date(Date.now() + offset * 1000).toISOString();

function stockBody() {
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
  };
}

// refusal returns the answer of a call that must be refused.
async function refusal(call) {
  try {
    await call;
  } catch (error) {
    assert.ok(error.response, error.message);
    return { status: error.response.status, ...error.response.data };
  }
  return assert.fail('the call succeeded');
}

// mainJob goes from stock to redemption with one client, and returns what it made.
async function mainJob(wxpay, headers = {}) {
  const busifavor = wxpay.v3.marketing.busifavor;
  const { data: created } = await busifavor.stocks.post(stockBody(), { headers });
  assert.match(created.stock_id, /^\d{16}$/);
  assert.match(created.create_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);

  const { data: sent } = await busifavor.coupons.send.post({
    openid: env.openid, appid: env.appid, stock_id: created.stock_id, out_request_no: number(),
  }, { headers });
  const code = sent.send_coupon_result.coupon_code;
  assert.match(code, /^\d{22}$/);

  const { data: list } = await busifavor.users._openid_.coupons.get({
    params: { appid: env.appid, creator_merchant: env.mchid, stock_id: created.stock_id, coupon_state: 'SENDED' },
    openid: env.openid,
    headers,
  });
  assert.equal(list.total_count, 1);
  assert.equal(list.data[0].coupon_code, code);

  const { data: detail } = await busifavor.users._openid_.coupons['{coupon_code}'].appids._appid_.get({
    openid: env.openid, coupon_code: code, appid: env.appid, headers,
  });
  assert.equal(detail.coupon_state, 'SENDED');
  assert.equal(detail.stock_name, '8月1日活动券');

  const { data: used } = await busifavor.coupons.use.post({
    coupon_code: code, stock_id: created.stock_id, appid: env.appid, openid: env.openid, use_time: seconds(0), use_request_no: number(),
  }, { headers });
  assert.equal(used.openid, env.openid);

  const { data: stock } = await busifavor.stocks._stock_id_.get({ stock_id: created.stock_id, headers });
  assert.equal(stock.send_count_information.total_send_num, 1);
  return { stock: created.stock_id, code };
}

test('certificate mode: from stock to redemption', async () => {
  await mainJob(merchant(byCertificate));
});

test('public-key mode: from stock to redemption', async () => {
  await mainJob(merchant(byPublicKey), { 'Wechatpay-Serial': env.public_key_id });
});

test('the platform certificate downloads and decrypts with the APIv3 key', async () => {
  const { data: { data: [entry] } } = await merchant(byCertificate).v3.certificates.get();
  const { nonce, associated_data: aad, ciphertext } = entry.encrypt_certificate;
  const pem = Aes.AesGcm.decrypt(ciphertext, env.apiv3_key, nonce, aad);
  assert.equal(entry.serial_no, env.platform_serial_no);
  assert.equal(pem.trim(), file(env.platform_cert_file).toString().trim());
});

test('the client refuses an answer of a key that it does not know', async () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  await assert.rejects(merchant({ ABCDEF: stranger }).v3.certificates.get(), { code: 'EV3_RES_HEADER_PLATFORM_SERIAL' });
  await assert.rejects(merchant({ [env.platform_serial_no]: stranger }).v3.certificates.get(), { code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
});

test('a wrong private key is refused with the message that was expected', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const refused = await refusal(merchant(byCertificate, { privateKey }).v3.certificates.get());
  assert.equal(refused.status, 401);
  assert.equal(refused.code, 'SIGN_ERROR');
  assert.equal(refused.message, '错误的签名，验签失败');
  assert.match(refused.detail.sign_information.truncated_sign_message, /^GET\n\/v3\/certificates\n/);
});

test('a wrong serial is refused', async () => {
  const refused = await refusal(merchant(byCertificate, { serial: '1'.repeat(40) }).v3.certificates.get());
  assert.equal(refused.status, 401);
  assert.equal(refused.message, '商户证书序列号有误。请使用签名私钥匹配的证书序列号');
});

test('a stale timestamp is refused', async (t) => {
  t.mock.method(Formatter, 'timestamp', () => Math.floor(Date.now() / 1000) - 301);
  const refused = await refusal(merchant(byCertificate).v3.certificates.get());
  assert.equal(refused.status, 401);
  assert.equal(refused.message, 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟');
});

test('a repeat with the same content gets the first answer, with other content a refusal', async () => {
  const busifavor = merchant(byCertificate).v3.marketing.busifavor;
  const create = stockBody();
  const { data: first } = await busifavor.stocks.post(create);
  assert.deepEqual((await busifavor.stocks.post(create)).data, first);
  const otherStock = await refusal(busifavor.stocks.post({ ...create, stock_name: '另一个名称' }));
  assert.equal(otherStock.status, 400);
  assert.equal(otherStock.code, 'RESOURCE_ALREADY_EXISTS');
  assert.equal(otherStock.message, '创建请求重入，但本次请求与上次请求信息不一致');

  const send = { openid: env.openid, appid: env.appid, stock_id: first.stock_id, out_request_no: number() };
  const { data: sent } = await busifavor.coupons.send.post(send);
  assert.deepEqual((await busifavor.coupons.send.post(send)).data, sent);

  const use = {
    coupon_code: sent.send_coupon_result.coupon_code, stock_id: first.stock_id, appid: env.appid, use_time: seconds(0), use_request_no: number(),
  };
  const { data: used } = await busifavor.coupons.use.post(use);
  assert.deepEqual((await busifavor.coupons.use.post(use)).data, used);
  const otherUse = await refusal(busifavor.coupons.use.post({ ...use, use_request_no: number() }));
  assert.equal(otherUse.code, 'RESOURCE_ALREADY_EXISTS');
  assert.equal(otherUse.message, '券已被其他订单核销');
});

test('raw characters in the query are signed as they are sent', async () => {
  const { data } = await merchant(byCertificate).v3.marketing.busifavor.users._openid_.coupons.get({
    params: { appid: env.appid, creator_merchant: env.mchid, note: 'a:b$c,d e[f]券' }, openid: env.openid,
  });
  assert.ok(Array.isArray(data.data));
});

test('a field error names the field', async () => {
  const refused = await refusal(merchant(byCertificate).v3.marketing.busifavor.stocks.post({ ...stockBody(), stock_name: undefined }));
  assert.equal(refused.status, 400);
  assert.equal(refused.code, 'PARAM_ERROR');
  assert.equal(refused.detail.field, '/stock_name');
});

test('a stock is modified and resized', async () => {
  const { stocks } = merchant(byCertificate).v3.marketing.busifavor;
  const { data: { stock_id: stock } } = await stocks.post(stockBody());

  const change = { out_request_no: number(), comment: '新备注', display_pattern_info: { description: '仅限门店' } };
  const modified = await stocks._stock_id_.patch(change, { stock_id: stock });
  assert.equal(modified.status, 204);
  assert.equal((await stocks._stock_id_.patch(change, { stock_id: stock })).status, 204);
  const { data: shown } = await stocks._stock_id_.get({ stock_id: stock });
  assert.equal(shown.comment, '新备注');
  assert.equal(shown.display_pattern_info.description, '仅限门店');
  assert.equal(shown.goods_name, 'xxx商品使用');
  const twice = await refusal(stocks._stock_id_.patch({ out_request_no: number(), stock_id: stock }, { stock_id: stock }));
  assert.equal(twice.message, '无法将输入源“/body/stock_id”映射到目标字段“批次号”中，此字段并非多重字段但被输入源“/uri_template/stock_id”映射过了');

  const budget = { target_max_coupons: 20, current_max_coupons: 10, modify_budget_request_no: number() };
  const { data: resized } = await stocks._stock_id_.budget.patch(budget, { stock_id: stock });
  assert.deepEqual(resized, { max_coupons: 20 });
  assert.deepEqual((await stocks._stock_id_.budget.patch(budget, { stock_id: stock })).data, resized);
  const stale = await refusal(stocks._stock_id_.budget.patch({ ...budget, modify_budget_request_no: number() }, { stock_id: stock }));
  assert.equal(stale.status, 400);
  assert.equal(stale.message, '批次库存的当前值错误，请获取批次详情查看最新值');
});

test('codes are uploaded, listed, given out and deleted', async () => {
  const { stocks, coupons } = merchant(byCertificate).v3.marketing.busifavor;
  const { data: { stock_id: stock } } = await stocks.post({ ...stockBody(), coupon_code_mode: 'MERCHANT_UPLOAD' });
  const codes = stocks._stock_id_.couponcodes;
  const odd = ['A/B C|D', 'a\\b=_-', '///', 'plain'];

  const upload = { coupon_code_list: [...odd, 'plain', 'x'.repeat(33)], upload_request_no: number() };
  const { data: uploaded } = await codes.post(upload, { stock_id: stock });
  assert.equal(uploaded.total_count, 5);
  assert.deepEqual(uploaded.success_codes, odd);
  assert.deepEqual(uploaded.duplicate_codes, ['plain']);
  assert.equal(uploaded.fail_codes[0].code, 'LENGTH_LIMIT');
  assert.deepEqual((await codes.post(upload, { stock_id: stock })).data, uploaded);

  const { data: list } = await codes.get({ stock_id: stock, params: { limit: 3, offset: 1 } });
  assert.equal(list.total_count, 4);
  assert.deepEqual(list.data.map(({ code }) => code), odd.slice(1));
  await Promise.all(odd.map(async (code) => {
    const { data } = await codes._coupon_code_.get({ stock_id: stock, coupon_code: encodeURIComponent(code) });
    assert.equal(data.code_information.code, code);
    assert.equal(data.code_information.code_status, 'AVAILABLE');
  }));

  const { data: { send_coupon_result: { coupon_code: given } } } = await coupons.send.post({
    openid: env.openid, appid: env.appid, stock_id: stock, out_request_no: number(),
  });
  assert.ok(odd.includes(given));
  const { data: detail } = await codes._coupon_code_.get({
    stock_id: stock, coupon_code: encodeURIComponent(given), params: { appid: env.appid },
  });
  assert.equal(detail.code_information.code_status, 'DISPATCHED');
  assert.equal(detail.code_information.openid, env.openid);
  assert.equal(detail.coupon_information.coupon_state, 'SENDED');

  const remove = (code, request) => codes._coupon_code_.delete({
    stock_id: stock, coupon_code: encodeURIComponent(code), params: { delete_request_no: request },
  });
  const free = odd.find((code) => code !== given);
  const once = number();
  const { data: deleted } = await remove(free, once);
  assert.equal(deleted.stock_id, stock);
  assert.deepEqual((await remove(free, once)).data, deleted);
  assert.equal((await refusal(remove(free, number()))).code, 'RESOURCE_NOT_EXISTS');
  assert.equal((await refusal(remove(given, number()))).message, '券code已被领取，无法删除');
  const { data: { coupon_code_count: count } } = await stocks._stock_id_.get({ stock_id: stock });
  assert.deepEqual(count, { total_count: 3, available_count: 2 });
});
