import type { Page } from '@playwright/test'
import { call } from './make'
import { expect, test, type Server } from './sandbox'

test.use({ own: 'preview' })

type Body = Record<string, unknown>
type Product = 'busifavor' | 'favor'
const languages = ['zh', 'en'] as const

/** A midnight in Beijing, some days from now. */
const at = (days: number) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 11) + '00:00:00+08:00'

const coupons = (rule: Body, more: Body = {}) => (mchid: string): Body => ({
  stock_name: '预览与领券页', belong_merchant: mchid, goods_name: '全场 <b> & "特价"',
  coupon_use_rule: { coupon_available_time: { available_begin_time: at(-1), available_end_time: at(30) }, use_method: 'OFF_LINE', ...rule },
  stock_send_rule: { max_coupons: 100, max_coupons_per_user: 3 },
  coupon_code_mode: 'WECHATPAY_MODE',
  ...more,
})
const vouchers = (no_cash: boolean, more: Body = {}) => (mchid: string): Body => ({
  stock_name: '预览代金券', belong_merchant: mchid, available_begin_time: at(1), available_end_time: at(30), stock_type: 'NORMAL', no_cash,
  stock_use_rule: { max_coupons: 100, max_amount: 50_000, max_coupons_per_user: 2, natural_person_limit: false, prevent_api_abuse: false },
  coupon_use_rule: { fixed_normal_coupon: { coupon_amount: 500, transaction_minimum: 3000 }, available_merchants: [mchid] },
  ...more,
})

const cases: [string, Product, (mchid: string) => Body][] = [
  ['money off', 'busifavor', coupons({ fixed_normal_coupon: { discount_amount: 1250, transaction_minimum: 3000 } }, { stock_type: 'NORMAL' })],
  ['a discount', 'busifavor', coupons({
    discount_coupon: { discount_percent: 88, transaction_minimum: 10000 },
    coupon_available_time: {
      available_begin_time: at(-1), available_end_time: at(30), available_day_after_receive: 7, wait_days_after_receive: 2,
      available_week: { week_day: [1, 2, 0], available_day_time: [{ begin_time: 0, end_time: 40000 }] },
    },
  }, { stock_type: 'DISCOUNT', display_pattern_info: { description: '一行\n\n  两行 <i>', background_color: 'Color070', merchant_name: '爱丽丝的一间名字很长的小店' } })],
  ['an exchange', 'busifavor', coupons({
    exchange_coupon: { exchange_price: 100, transaction_minimum: 0 }, use_method: 'MINI_PROGRAMS', mini_programs_appid: 'wx8888888888888888', mini_programs_path: '/pages/use?a=1&b=2',
  }, {
    stock_type: 'EXCHANGE',
    custom_entrance: { mini_programs_info: { mini_programs_appid: 'wx8888888888888888', mini_programs_path: '/pages/shop', entrance_words: '去逛逛', guiding_words: '好物' }, code_display_mode: 'BARCODE' },
  })],
  ['vouchers that the platform pays', 'favor', vouchers(false, { pattern_info: { description: '午间可用', background_color: 'COLOR050' } })],
  ['vouchers that the merchant pays', 'favor', vouchers(true)],
]

/** The preview of a draft as the wizard shows it, in each language. */
async function previews(page: Page, server: Server, product: Product, body: Body): Promise<string[]> {
  const id = `preview${Date.now()}`
  await fetch(`${server.environment.manage_url}/manage/v1/drafts/${id}`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ mchid: server.environment.mchid, operation: `${product}.stocks.create`, version: 0, body: JSON.stringify(body) }),
  })
  await page.goto(`/stocks/new/${id}`)
  const seen: string[] = []
  for (const language of languages) {
    if (language === 'en') await page.getByRole('button', { name: 'EN', exact: true }).click()
    const frame = page.locator('iframe.front')
    await expect(frame).toHaveAttribute('srcdoc', new RegExp(`<html lang="${language}[\\s\\S]*<article class="ticket">`))
    seen.push((await frame.getAttribute('srcdoc'))!)
  }
  return seen
}

/** The page on which users claim a stock, as their browser gets it, in each language. */
async function pages(server: Server, stock: string): Promise<string[]> {
  const link = (await server.favord('sign', 'h5', stock)).trim().replace(/#.*/, '')
  return Promise.all(languages.map(async (l) => {
    const answer = await fetch(link, { headers: { 'Accept-Language': l === 'zh' ? 'zh-CN' : 'en' } })
    expect(answer.status).toBe(200)
    return answer.text()
  }))
}

for (const [name, product, make] of cases)
  test(`the preview of ${name} is the page on which users claim it, byte for byte`, async ({ page, server }) => {
    const { mchid } = server.environment
    const body = { ...make(mchid), out_request_no: `preview-${Date.now()}` }
    const drafted = await previews(page, server, product, body)
    const made = await call(server, 'POST', product === 'favor' ? '/v3/marketing/favor/coupon-stocks' : '/v3/marketing/busifavor/stocks', body)
    const id = String(made.stock_id)
    if (product === 'favor') await call(server, 'POST', `/v3/marketing/favor/stocks/${id}/start`, { stock_creator_mchid: mchid })
    // Vouchers begin later than they are created: the page is looked at two days from now.
    await server.favord('clock', 'advance', '48h')
    try {
      expect(drafted).toEqual(await pages(server, id))
    } finally {
      await server.favord('clock', 'resume')
    }
  })
