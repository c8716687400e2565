// What becomes of coupons after they were issued, and the money that follows them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { env, merchant, number, refusal, seconds, stockBody } from './sandbox.js';

// The shop that every sandbox has: a merchant of the demo merchant's brand.
const shop = '1900000002';

// issued returns a new stock and the code of a coupon of it.
async function issued() {
  const { stocks, coupons } = merchant().v3.marketing.busifavor;
  const { data: { stock_id: stock } } = await stocks.post(stockBody());
  const { data: { send_coupon_result: { coupon_code: code } } } = await coupons.send.post({
    openid: env.openid, appid: env.appid, stock_id: stock, out_request_no: number(),
  });
  return { stock_id: stock, coupon_code: code };
}

const use = (coupon) => merchant().v3.marketing.busifavor.coupons.use.post({
  ...coupon, appid: env.appid, use_time: seconds(0), use_request_no: number(),
});

async function shown({ coupon_code: code }) {
  const { data } = await merchant().v3.marketing.busifavor.users._openid_.coupons['{coupon_code}'].appids._appid_.get({
    openid: env.openid, coupon_code: code, appid: env.appid,
  });
  return data;
}

test('a redemption is taken back, and the coupon is redeemed again', async () => {
  const { coupons } = merchant().v3.marketing.busifavor;
  const coupon = await issued();
  await use(coupon);
  const back = { ...coupon, return_request_no: number() };
  const { data: returned } = await coupons.return.post(back);
  assert.match(returned.wechatpay_return_time, /\+08:00$/);
  assert.deepEqual((await coupons.return.post(back)).data, returned);
  const now = await shown(coupon);
  assert.equal(now.coupon_state, 'SENDED');
  assert.equal(now.return_request_no, back.return_request_no);
  assert.equal(now.return_time, returned.wechatpay_return_time);
  assert.equal(now.use_time, undefined);
  const twice = await refusal(coupons.return.post({ ...coupon, return_request_no: number() }));
  assert.equal(twice.status, 400);
  assert.equal(twice.code, 'INVALID_REQUEST');
  await use(coupon);
  assert.equal((await shown(coupon)).coupon_state, 'USED');
});

test('a deactivated coupon is never redeemed', async () => {
  const { coupons } = merchant().v3.marketing.busifavor;
  const coupon = await issued();
  const end = { ...coupon, deactivate_request_no: number(), deactivate_reason: '活动取消' };
  const { data: ended } = await coupons.deactivate.post(end);
  assert.deepEqual((await coupons.deactivate.post(end)).data, ended);
  const now = await shown(coupon);
  assert.equal(now.coupon_state, 'DEACTIVATED');
  assert.equal(now.deactivate_time, ended.wechatpay_deactivate_time);
  assert.equal(now.deactivate_reason, '活动取消');
  assert.equal((await refusal(use(coupon))).message, '券状态非可用态');
  const other = await refusal(coupons.deactivate.post({ ...end, deactivate_reason: '另一个原因' }));
  assert.equal(other.message, '请求重入时，参数与首次请求时不一致');
});

test('an order is associated with a coupon and disassociated', async () => {
  const { coupons } = merchant().v3.marketing.busifavor;
  const coupon = await issued();
  const link = { ...coupon, out_trade_no: number(), out_request_no: number() };
  const { data: linked } = await coupons.associate.post(link);
  assert.deepEqual((await coupons.associate.post(link)).data, linked);
  assert.equal((await shown(coupon)).associate_out_trade_no, link.out_trade_no);
  const other = { ...coupon, out_trade_no: number(), out_request_no: number() };
  assert.equal((await refusal(coupons.associate.post(other))).code, 'INVALID_REQUEST');
  assert.equal((await refusal(coupons.disassociate.post(other))).code, 'INVALID_REQUEST');
  const { data: unlinked } = await coupons.disassociate.post({ ...link, out_request_no: number() });
  assert.match(unlinked.wechatpay_disassociate_time, /\+08:00$/);
  assert.equal((await shown(coupon)).associate_out_trade_no, undefined);
  const missing = await refusal(coupons.associate.post({ ...other, coupon_code: '1' }));
  assert.deepEqual([missing.status, missing.code, missing.message], [400, 'INVALID_REQUEST', '券不存在']);
});

test('a subsidy is paid and goes back', async () => {
  const { subsidy } = merchant().v3.marketing.busifavor;
  const coupon = await issued();
  const order = `4200${Date.now()}${process.pid}`.padEnd(28, '0');
  const pay = {
    ...coupon, transaction_id: order, payer_merchant: env.mchid, payee_merchant: shop,
    amount: 100, description: '营销补差', out_subsidy_no: number(),
  };
  assert.equal((await refusal(subsidy.payReceipts.post(pay))).message, '券未核销，无法补差');
  await use(coupon);
  const { data: paid } = await subsidy.payReceipts.post(pay);
  assert.equal(paid.status, 'PAY_RECEIPT_SUCCESS');
  assert.match(paid.subsidy_receipt_id, /^11\d{26}$/);
  assert.deepEqual((await subsidy.payReceipts.post(pay)).data, paid);

  const { data: { pay_receipt_list: list } } = await subsidy.payReceipts.get({ params: coupon });
  assert.deepEqual(list, [paid]);
  const much = await subsidy.payReceipts.post({ ...pay, amount: 401, out_subsidy_no: number() });
  assert.equal(much.data.status, 'PAY_RECEIPT_FAIL');
  assert.equal(much.data.fail_reason, 'PAY_RECEIPT_EXCEED_SUBSIDY_AMOUNT_QUOTA');

  const { data: returned } = await subsidy.returnReceipts.post({
    ...coupon, transaction_id: order, refund_id: order.replace('4200', '5030'), payer_merchant: env.mchid, payee_merchant: shop,
    amount: 40, description: '退款', out_subsidy_return_no: number(),
  });
  assert.equal(returned.status, 'RETURN_RECEIPT_SUCCESS');
  assert.equal(returned.subsidy_receipt_id, paid.subsidy_receipt_id);
  const { data: again } = await subsidy.returnReceipts._id_.get({ id: returned.subsidy_return_receipt_id });
  assert.deepEqual(again, returned);
  const { data: now } = await subsidy.payReceipts._id_.get({ id: paid.subsidy_receipt_id });
  assert.equal(now.status, 'PAY_RECEIPT_PARTIAL_RETURN');
});

test('a consumption card has one code for a user', async () => {
  const card = merchant().v3.marketing.busifavor.coupons._card_id_.send;
  const send = () => card.post(
    { appid: env.appid, openid: env.openid, out_request_no: number().slice(-32), send_time: seconds(0) },
    { card_id: 'pIJMr5MMiIkO_93VtPyIiEk2DZ4w' },
  );
  const { data: first } = await send();
  assert.match(first.card_code, /^\d{1,15}$/);
  assert.deepEqual((await send()).data, first);
});
