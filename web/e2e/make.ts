import type { Page } from '@playwright/test'
import { expect, type Server } from './sandbox'

/** Makes a call as the sandbox's merchant, which must succeed, and returns its answer. */
export async function call(server: Server, method: string, target: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.environment.manage_url}/manage/v1/merchants/${server.environment.mchid}/calls`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ method, target, ...(body && { body: JSON.stringify(body) }) }),
  })
  const made = (await answer.json()) as { status: number; body?: string }
  expect(made.status, JSON.stringify(made)).toBeLessThan(300)
  return JSON.parse(made.body || '{}') as Record<string, unknown>
}

let next = 0
/** A time some days from now, as the API wants it. */
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 19) + '+08:00'

/** Creates a stock of merchant coupons that begins and ends some days from now; returns its id. */
export async function makeStock(server: Server, name: string, send: { max_coupons: number } & Record<string, unknown>, more: Record<string, unknown> = {}, days = 30, begin = 0): Promise<string> {
  const made = await call(server, 'POST', '/v3/marketing/busifavor/stocks', {
    stock_name: name,
    belong_merchant: server.environment.mchid,
    goods_name: '全场',
    stock_type: 'NORMAL',
    coupon_use_rule: {
      coupon_available_time: { available_begin_time: inDays(begin), available_end_time: inDays(days) },
      fixed_normal_coupon: { discount_amount: 500, transaction_minimum: 3000 },
      use_method: 'OFF_LINE',
    },
    stock_send_rule: { max_coupons_per_user: 10, ...send },
    out_request_no: `make-${Date.now()}-${next++}`,
    coupon_code_mode: 'WECHATPAY_MODE',
    ...more,
  })
  return String(made.stock_id)
}

/** Sends the sandbox's user a coupon; returns its code. */
export async function send(server: Server, stock: string, number: string): Promise<string> {
  return /"coupon_code": *"([^"]+)"/.exec(await server.favord('coupons', 'send', stock, number, '-o', 'json'))![1]!
}

/** A picture for whoever judges the pages. */
export async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true })
}

/** Two pictures: light and wide, dark and narrow. */
export async function shots(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return
  await shot(page, name)
  await page.setViewportSize({ width: 390, height: 860 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await shot(page, `${name}-390-dark`)
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.emulateMedia({ colorScheme: 'light' })
}
