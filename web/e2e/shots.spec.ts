// Makes the pictures of the documentation: `make screenshots`. It is no test.
import { createSign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { call, makeStock } from './make'
import { expect, test, type Server } from './sandbox'

const into = process.env.PICTURES ?? ''
test.skip(!into, 'only for make screenshots')
test.use({ own: 'shots', viewport: { width: 1280, height: 800 } })
const aDay = 86_400_000
const beijing = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 19) + '+08:00'

async function clock(server: Server, body: object): Promise<void> {
  const answer = await fetch(`${server.environment.manage_url}/manage/v1/clock`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
}

/** Two weeks of a shop: coupons are claimed and redeemed, more of them each day and at weekends. */
async function live(server: Server, stock: string): Promise<void> {
  const { appid } = server.environment
  const now = Date.now()
  for (let d = 13; d >= 0; d--) {
    const at = now - d * aDay
    await clock(server, { action: 'SET', time: beijing(at) })
    const weekend = [0, 6].includes(new Date(at + 8 * 3_600_000).getUTCDay())
    const many = 14 + (13 - d) * 2 + (weekend ? 14 : 0)
    const codes = await Promise.all(
      Array.from({ length: many }, async (_, i) => {
        const openid = `oUpF8uMuAJO_M2pxb1Q9zN${String(d).padStart(2, '0')}${String(i).padStart(4, '0')}`
        const sent = await call(server, 'POST', '/v3/marketing/busifavor/coupons/send', { stock_id: stock, appid, openid, out_request_no: `live-${d}-${i}` })
        return ((sent.send_coupon_result ?? sent) as { coupon_code: string }).coupon_code
      }),
    )
    await Promise.all(codes.slice(0, Math.floor(many * 0.4)).map((coupon_code, i) => call(server, 'POST', '/v3/marketing/busifavor/coupons/use', { coupon_code, stock_id: stock, appid, use_time: beijing(at), use_request_no: `live-use-${d}-${i}` })))
  }
  await clock(server, { action: 'RESUME' })
}

async function shot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.screenshot({ path: `${into}/${name}.png`, animations: 'disabled' })
}

test('the pictures', async ({ page, server }) => {
  test.setTimeout(300_000)
  await clock(server, { action: 'SET', time: beijing(Date.now() - 14 * aDay) })
  const stock = await makeStock(server, '晚市满30减5', { max_coupons: 600 }, { goods_name: '全场菜品' }, 46, -14)
  await live(server, stock)
  await makeStock(server, '周末套餐券', { max_coupons: 500 }, {}, 2)
  const codes = await makeStock(server, '会员专享', { max_coupons: 100, max_coupons_per_user: 50 }, { coupon_code_mode: 'MERCHANT_UPLOAD' })
  await call(server, 'POST', `/v3/marketing/busifavor/stocks/${codes}/couponcodes`, { coupon_code_list: Array.from({ length: 20 }, (_, i) => `VIP-2026-${1000 + i}`), upload_request_no: 'vip' })
  for (let i = 0; i < 19; i++) await server.favord('coupons', 'send', codes, `vip-${i}`)
  const sent = await server.favord('coupons', 'send', '1282070000000017', 'desk', '-o', 'json')
  const code = /"coupon_code": *"([^"]+)"/.exec(sent)![1]!
  await server.favord('coupons', 'use', '1282070000000017', code, 'desk-use')
  const next = /"coupon_code": *"([^"]+)"/.exec(await server.favord('coupons', 'send', '1282070000000017', 'desk-2', '-o', 'json'))![1]!
  // A client that signs one address and calls another.
  const path = `/v3/marketing/busifavor/stocks/${stock}`
  const [nonce, time] = ['5K8264ILTKCH16CQ2502SI8ZNMTM67VS', Math.floor(Date.now() / 1000)]
  const message = `GET\n${path}\n${time}\n${nonce}\n\n`
  const signature = createSign('RSA-SHA256').update(message).sign(readFileSync(server.environment.private_key_file), 'base64')
  const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${server.environment.mchid}",nonce_str="${nonce}",timestamp="${time}",serial_no="${server.environment.serial_no}",signature="${signature}"`
  const refused = (await fetch(`${server.environment.api_url}${path}?from=shop`, { headers: { Authorization: authorization, Accept: 'application/json', 'User-Agent': 'shop/1.0' } })).headers.get('request-id')

  for (const [language, theme] of [['zh', 'light'], ['en', 'dark']] as const) {
    const end = `-${language}`
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 1280, height: 960 })
    await page.goto(`/?lang=${language}`)
    await expect(page.locator('.figures canvas')).toBeVisible()
    await expect(page.locator('.steps')).toBeHidden()
    await shot(page, `console-overview${end}`)

    await page.setViewportSize({ width: 1280, height: 1090 })
    await page.goto(`/stocks/new?lang=${language}`)
    await page.locator('.kinds button').first().click()
    await page.getByLabel(language === 'zh' ? '批次名称' : 'Name').fill('晚餐立减')
    await page.getByLabel(language === 'zh' ? '适用商品范围' : 'Good for').fill('全场菜品')
    await page.goto(`${page.url().split('?')[0]}?step=time&lang=${language}`)
    const week = page.getByRole('group', { name: language === 'zh' ? '每周可用' : 'Days of the week' })
    for (const d of [0, 1, 2, 3, 4]) await week.getByRole('checkbox').nth(d).check()
    await expect(page.locator('.day.use-N').first()).toBeVisible()
    await expect(page.frameLocator('iframe.front').locator('h1')).toHaveText('晚餐立减')
    await page.evaluate(() => scrollTo(0, 0))
    await shot(page, `console-wizard${end}`)

    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`/stocks/${stock}?lang=${language}`)
    await expect(page.locator('.figures canvas')).toBeVisible()
    await shot(page, `console-stock${end}`)

    await page.setViewportSize({ width: 1280, height: 760 })
    await page.goto(`/dev/requests/${refused}?lang=${language}`)
    await expect(page.locator('.sentence')).not.toBeEmpty()
    await shot(page, `console-requests${end}`)

    await page.goto(`/redeem?lang=${language}`)
    await page.locator('.code input').fill(next)
    await page.keyboard.press('Enter')
    await expect(page.locator('.face')).toBeVisible()
    if (language === 'zh') {
      await page.keyboard.press('Enter')
      await expect(page.locator('section ol li')).toHaveCount(1)
      await page.locator('.code input').fill(code)
      await page.keyboard.press('Enter')
      await expect(page.locator('.face')).toBeVisible()
    }
    await shot(page, `console-desk${end}`)
  }
})
