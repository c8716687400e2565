// The third-party client plays a merchant of cash vouchers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import plugin from 'wechatpay-axios-plugin';

const { Wechatpay } = plugin;
const env = JSON.parse(readFileSync(process.env.FAVORD_ENV_FILE, 'utf8'));
const file = (path) => readFileSync(path);

const favor = () => new Wechatpay({
  mchid: env.mchid,
  serial: env.serial_no,
  privateKey: file(env.private_key_file),
  certs: { [env.platform_serial_no]: file(env.platform_cert_file) },
  ...(process.env.FAVORD_DEFAULT_HOST ? {} : { baseURL: `${env.api_url}/` }),
}).v3.marketing.favor;

let numbers = 0;
const number = () => `${env.mchid}_${process.pid}_${Date.now()}_${numbers += 1}`;
const seconds = (offset) => new Date(Date.now() + offset * 1000).toISOString();
const creator = { stock_creator_mchid: env.mchid };
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/;

// A stock may begin in this second, not in the one before: each test begins with a second.
beforeEach(() => new Promise((done) => { setTimeout(done, 1000 - (Date.now() % 1000)); }));

const stockBody = () => ({
  stock_name: '满20减1券',
  comment: '零售批次',
  belong_merchant: env.mchid,
  available_begin_time: seconds(0),
  available_end_time: seconds(86400),
  stock_use_rule: {
    max_coupons: 10, max_amount: 1000, max_amount_by_day: 500, max_coupons_per_user: 3, natural_person_limit: false, prevent_api_abuse: false,
  },
  pattern_info: { description: '微信支付营销代金券', merchant_name: '微信支付', background_color: 'COLOR020' },
  coupon_use_rule: {
    fixed_normal_coupon: { coupon_amount: 100, transaction_minimum: 2000 },
    goods_tag: ['123321'],
    trade_type: ['MICROAPP', 'APPPAY'],
    combine_use: false,
    available_items: ['a', 'b'],
    available_merchants: [env.mchid],
  },
  no_cash: true,
  stock_type: 'NORMAL',
  out_request_no: number(),
});

async function refusal(call) {
  try {
    await call;
  } catch (error) {
    assert.ok(error.response, error.message);
    return { status: error.response.status, ...error.response.data };
  }
  return assert.fail('the call succeeded');
}

test('vouchers: create, start, send, get, list, pause, restart, stop', async () => {
  const api = favor();
  const create = stockBody();
  const { data: created } = await api.couponStocks.post(create);
  assert.match(created.stock_id, /^\d{1,20}$/);
  assert.match(created.create_time, time);
  assert.deepEqual((await api.couponStocks.post(create)).data, created);
  const stock = { stock_id: created.stock_id };

  const { data: started } = await api.stocks._stock_id_.start.post(creator, stock);
  assert.match(started.start_time, time);
  assert.deepEqual((await api.stocks._stock_id_.start.post(creator, stock)).data, started);

  const send = { ...creator, stock_id: created.stock_id, out_request_no: number(), appid: env.appid };
  const { data: sent } = await api.users._openid_.coupons.post(send, { openid: env.openid });
  assert.match(sent.coupon_id, /^\d{1,20}$/);
  assert.deepEqual((await api.users._openid_.coupons.post(send, { openid: env.openid })).data, sent);

  const { data: voucher } = await api.users._openid_.coupons._coupon_id_.get({
    params: { appid: env.appid }, openid: env.openid, coupon_id: sent.coupon_id,
  });
  assert.equal(voucher.status, 'SENDED');
  assert.equal(voucher.coupon_name, '满20减1券');
  assert.equal(voucher.singleitem, true);
  assert.deepEqual(voucher.normal_coupon_information, { coupon_amount: 100, transaction_minimum: 2000 });

  const { data: list } = await api.users._openid_.coupons.get({
    params: { appid: env.appid, stock_id: created.stock_id, creator_mchid: env.mchid, offset: 0, limit: 20 }, openid: env.openid,
  });
  assert.equal(list.total_count, 1);
  assert.deepEqual(list.data[0], voucher);

  const { data: paused } = await api.stocks._stock_id_.pause.post(creator, stock);
  assert.match(paused.pause_time, time);
  const refused = await refusal(api.users._openid_.coupons.post({ ...send, out_request_no: number() }, { openid: env.openid }));
  assert.equal(refused.status, 400);
  assert.equal(refused.code, 'INVALID_REQUEST');
  assert.equal(refused.message, '活动已结束或未激活');
  const { data: restarted } = await api.stocks._stock_id_.restart.post(creator, stock);
  assert.match(restarted.restart_time, time);

  const { data: shown } = await api.stocks._stock_id_.get({ params: creator, ...stock });
  assert.equal(shown.status, 'running');
  assert.equal(shown.distributed_coupons, 1);
  assert.equal((await refusal(api.stocks._stock_id_.stop.post(creator, stock))).code, 'INVALID_REQUEST');
});

test('vouchers: lists of stocks, merchants and goods; a stock that is stopped', async () => {
  const api = favor();
  const since = seconds(-1);
  const { data: created } = await api.couponStocks.post(stockBody());
  const stock = { stock_id: created.stock_id };
  const { data: stopped } = await api.stocks._stock_id_.stop.post(creator, stock);
  assert.match(stopped.stop_time, time);

  const { data: stocks } = await api.stocks.get({
    params: { offset: 0, limit: 10, ...creator, create_start_time: since.replace('Z', '+00:00'), status: 'stoped' },
  });
  assert.ok(stocks.data.some((one) => one.stock_id === created.stock_id && one.stop_time === stopped.stop_time));

  const page = { offset: 0, limit: 10, ...creator };
  const { data: merchants } = await api.stocks._stock_id_.merchants.get({ params: page, ...stock });
  assert.deepEqual(merchants.data, [env.mchid]);
  const beyond = await refusal(api.stocks._stock_id_.merchants.get({ params: { ...page, offset: 1 }, ...stock }));
  assert.equal(beyond.status, 400);
  assert.equal(beyond.code, 'MCH_NOT_EXISTS');
  assert.equal(beyond.message, '商户号不合法');
  const { data: items } = await api.stocks._stock_id_.items.get({ params: page, ...stock });
  assert.deepEqual(items.data, ['a', 'b']);
});

test('vouchers: the budget must fit the vouchers', async () => {
  const body = stockBody();
  body.stock_use_rule.max_amount += 1;
  const refused = await refusal(favor().couponStocks.post(body));
  assert.equal(refused.status, 400);
  assert.equal(refused.code, 'PARAM_ERROR');
  assert.equal(refused.message, '批次预算等于批次面额乘以发券数');
});
