// Images and partnerships, by a client that nobody of this project wrote. Forms are built by
// the package form-data and by the client's own class.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { deflateSync, crc32 } from 'node:zlib';
import { test } from 'node:test';
import FormData from 'form-data';
import plugin from 'wechatpay-axios-plugin';
import { env, merchant, number, refusal, stockBody } from './sandbox.js';

const { Multipart } = plugin;

function chunk(name, content) {
  const named = Buffer.concat([Buffer.from(name), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

// png is an image of one row, which also says where it was made.
function png(note = 'GPS 39.9 N') {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(2, 0);
  header.writeUInt32BE(1, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('tEXt', Buffer.from(`Comment\0${note}`)),
    chunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 0, 0, 255, 0]))), chunk('IEND', Buffer.alloc(0)),
  ]);
}

const metaOf = (image, filename = '券面.png') => ({ filename, sha256: createHash('sha256').update(image).digest('hex') });

// byFormData uploads with the package form-data; meta is given once more, as what is signed.
function byFormData(image, meta = metaOf(image)) {
  const form = new FormData();
  form.append('meta', JSON.stringify(meta), { contentType: 'application/json' });
  form.append('file', image, { filename: 'hello.png', contentType: 'image/jpg' });
  return merchant().v3.marketing.favor.media.imageUpload.post(form, { meta, headers: form.getHeaders() });
}

// byMultipart uploads with the client's own class, the file before meta.
function byMultipart(image, meta = metaOf(image)) {
  const form = new Multipart();
  form.append('file', image, 'hello.png');
  form.append('meta', JSON.stringify(meta), 'any.json');
  return merchant().v3.marketing.favor.media.imageUpload.post(form.getBuffer(), { meta: form.toJSON(), headers: form.getHeaders() });
}

for (const [name, upload] of Object.entries({ 'form-data': byFormData, Multipart: byMultipart })) {
  test(`${name}: an image from upload to card`, async () => {
    const image = png(`made with ${name}`);
    const { data: { media_url: url } } = await upload(image);
    assert.ok(url.length <= 128, url);
    assert.equal((await upload(image)).data.media_url, url);

    const served = await fetch(url);
    const content = Buffer.from(await served.arrayBuffer());
    assert.equal(served.headers.get('content-type'), 'image/png');
    assert.equal(served.headers.get('x-content-type-options'), 'nosniff');
    assert.ok(image.includes('made with') && !content.includes('made with'));

    const { busifavor } = merchant().v3.marketing;
    const { data: { stock_id } } = await busifavor.stocks.post(stockBody({ display_pattern_info: { merchant_logo_url: url, coupon_image_url: url } }));
    const { data: stock } = await busifavor.stocks._stock_id_.get({ stock_id });
    assert.equal(stock.display_pattern_info.coupon_image_url, url);
  });
}

test('bad uploads are refused with the documented codes', async () => {
  const image = png();
  for (const [message, call] of Object.entries({
    '图片文件的sha256与meta中的不一致': () => byFormData(image, metaOf(Buffer.from('x'))),
    '文件格式错误，仅支持JPG、BMP、PNG': () => byFormData(Buffer.from('<svg/>')),
    '文件大小不能超过2M': () => byMultipart(Buffer.alloc(2 * 1024 * 1024 + 1)),
  })) {
    const refused = await refusal(call());
    assert.deepEqual([refused.status, refused.code, refused.message], [400, 'PARAM_ERROR', message]);
  }
  const foreign = await refusal(merchant().v3.marketing.busifavor.stocks.post(stockBody({ display_pattern_info: { merchant_logo_url: 'https://example.com/a.png' } })));
  assert.equal(foreign.message, '非法敏感图片');
});

test('what is signed must be the meta that is sent', async () => {
  const image = png();
  const form = new FormData();
  form.append('meta', JSON.stringify(metaOf(image)), { contentType: 'application/json' });
  form.append('file', image, { filename: 'hello.png' });
  const refused = await refusal(merchant().v3.marketing.favor.media.imageUpload.post(form, { meta: { filename: 'other' }, headers: form.getHeaders() }));
  assert.equal(refused.status, 401);
  assert.match(refused.detail.sign_information.truncated_sign_message, /\n\{"filena\n$/);
});

test('a partnership is built, listed, ended and built again', async () => {
  const { marketing } = merchant().v3;
  const { data: { stock_id } } = await marketing.busifavor.stocks.post(stockBody());
  const authorized_data = { business_type: 'BUSIFAVOR_STOCK', stock_id };
  const body = { partner: { type: 'APPID', appid: env.appid, merchant_id: env.mchid }, authorized_data };
  const keyed = (key = number()) => ({ headers: { 'Idempotency-Key': key } });

  const key = number();
  const { data: built } = await marketing.partnerships.build.post(body, keyed(key));
  assert.deepEqual(built.partner, { type: 'APPID', appid: env.appid });
  assert.equal(built.state, 'ESTABLISHED');
  assert.deepEqual((await marketing.partnerships.build.post(body, keyed(key))).data, built);
  const other = await refusal(marketing.partnerships.build.post({ ...body, partner: { type: 'MERCHANT', merchant_id: env.mchid } }, keyed(key)));
  assert.deepEqual([other.status, other.code, other.message], [400, 'INVALID_REQUEST', '幂等值重复，且与之前请求的参数不一致']);
  const missing = await refusal(marketing.partnerships.build.post(body));
  assert.equal(missing.message, '输入源“/header/Idempotency-Key”映射到字段“业务请求幂等值”必填性规则校验失败，此字段为必填项');

  const list = async () => (await marketing.partnerships.get({
    params: { authorized_data: JSON.stringify(authorized_data), partner: JSON.stringify({ type: 'APPID' }), offset: 0, limit: 5 },
  })).data;
  assert.deepEqual(await list(), {
    data: [{ partner: built.partner, authorized_data, build_time: built.build_time, create_time: built.create_time, update_time: built.update_time }],
    total_count: 1, offset: 0, limit: 5,
  });

  const { data: { terminate_time } } = await marketing.partnerships.terminate.post(body, keyed());
  assert.equal((await list()).data[0].terminate_time, terminate_time);
  assert.equal((await marketing.partnerships.build.post(body, keyed())).data.state, 'ESTABLISHED');
  const bad = await refusal(marketing.partnerships.get({ params: { authorized_data: '{' } }));
  assert.equal(bad.code, 'PARAM_ERROR');
});
