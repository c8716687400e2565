import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { call } from './make'
import { expect, Server, test } from './sandbox'

test.use({ own: 'payments' })

/** What is in the way of people who do not see, or do not use a mouse. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  return violations.map((x) => `${x.id}: ${x.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`)
}

async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true })
}

const rows = (page: Page) => page.getByRole('region', { name: '收到的支付' }).locator('tbody tr')

test('an order is quoted, paid with a voucher, refunded, and its callback shown', async ({ page, server }) => {
  await server.favord('trigger', 'COUPON.USE').catch(() => '')
  const receiver = createServer((request, response) => request.resume().on('end', () => response.writeHead(204).end()))
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as { port: number }
  try {
    await server.favord('callbacks', 'set', `http://127.0.0.1:${port}/notify`, '--vouchers')
    await page.goto('/payments')
    await expect(page.getByRole('heading', { name: '用户的代金券' })).toBeVisible()
    await page.getByRole('button', { name: '发一张' }).click()
    await expect(page.getByText('已发出一张代金券')).toBeVisible()
    const vouchers = page.locator('.vouchers li')
    await expect(vouchers).toHaveCount(1)
    await page.getByLabel('订单金额（元）').fill('0.5')
    await expect(vouchers.first()).toContainText('不可用')
    await expect(vouchers.first().locator('.why')).not.toBeEmpty()
    await expect(page.getByRole('button', { name: '付款' })).toBeDisabled()
    await page.getByLabel('订单金额（元）').fill('100')
    await expect(vouchers.first().getByRole('checkbox')).toBeChecked()
    await vouchers.first().getByRole('checkbox').uncheck()
    await expect(page.getByText('用户实付 ¥100')).toBeVisible()
    await page.getByRole('button', { name: '恢复最优组合' }).click()
    await expect(vouchers.first().getByRole('checkbox')).toBeChecked()
    await shot(page, 'payments')
    await page.getByRole('button', { name: '付款' }).click()
    const paid = page.getByRole('region', { name: '这笔支付' })
    await expect(paid).toContainText('¥100')
    await expect(rows(page).first()).toContainText('已支付')
    await expect(rows(page).first().getByRole('link')).toHaveAttribute('aria-current', 'true')
    await expect(paid.locator('.told')).toContainText('已送达')
    await paid.locator('.told').getByText('事件内容').click()
    await expect(paid.locator('pre')).toContainText('"status": "USED"')
    await paid.getByLabel('退款金额（元）').fill('30')
    await paid.getByRole('button', { name: '退款' }).click()
    await expect(page.getByText('已退款 ¥30')).toBeVisible()
    await expect(rows(page).first()).toContainText('部分退款')
    await page.reload()
    await expect(paid.getByLabel('退款金额（元）')).toHaveValue('70')
    await paid.getByRole('button', { name: '退款' }).click()
    await expect(paid.getByText('券已退回')).toBeVisible()
    await expect(rows(page).first()).toContainText('全额退款')
    await expect(vouchers.first().getByRole('checkbox'), 'it may be used again').toBeChecked()
    await shot(page, 'payments-paid')
    await page.setViewportSize({ width: 390, height: 860 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(`${page.url()}&lang=en`)
    await page.getByText('More conditions').click()
    await page.getByRole('button', { name: 'Add goods' }).click()
    await expect(page.getByRole('region', { name: 'This payment' })).toContainText('¥100')
    await shot(page, 'payments-390')
    expect(await barriers(page)).toEqual([])
  } finally {
    receiver.closeAllConnections()
    receiver.close()
  }
})

test('what a merchant was paid is listed, the newest first, and each payment leads to itself', async ({ page, server }) => {
  const { appid, openid, mchid } = server.environment
  const pay = (n: number, payee: string) => call(server, 'POST', '/rail/v1/payments', { transaction_id: `4200009${String(n).padStart(4, '0')}`, appid, openid, order: { mchid: payee, total: 1000 + n }, out_trade_no: `order-${n}` })
  await page.goto('/payments?mchid=1900000002')
  await expect(page.getByRole('heading', { name: '还没有支付' })).toBeVisible()
  await shot(page, 'list-empty')

  await pay(9000, '1900000002')
  await expect(rows(page), 'the list renews itself').toHaveCount(1)
  await rows(page).first().getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`maker=${mchid}`))
  const paid = page.getByRole('region', { name: '这笔支付' })
  await expect(paid, 'its maker may see it').toContainText('¥100')

  for (let n = 0; n < 25; n++) await pay(n, mchid)
  await page.goto(`/payments?mchid=${mchid}`)
  await expect(rows(page)).toHaveCount(20)
  await expect(rows(page).first()).toContainText('42000090024')
  await expect(rows(page).first()).toContainText('order-24')
  await expect(rows(page).first()).toContainText('¥10.24')
  await page.getByRole('button', { name: '加载更多' }).click()
  const oldest = rows(page).filter({ hasText: '42000090000' })
  await expect(oldest).toHaveCount(1)
  await oldest.getByRole('link').click()
  await expect(page).toHaveURL(/payment=42000090000/)
  await expect(paid).toContainText('¥10')
  await expect(paid.getByRole('heading', { name: '这笔支付' })).toBeInViewport()
  await expect(oldest.getByRole('link')).toHaveAttribute('aria-current', 'true')
  await shot(page, 'list')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 390, height: 860 })
  await page.goto(`/payments?mchid=${mchid}&lang=en`)
  await expect(page.getByRole('region', { name: 'Payments received' }).locator('tbody tr')).toHaveCount(20)
  await shot(page, 'list-390')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  expect(await barriers(page)).toEqual([])
})

test('a production server lists payments and shows them, and pays and refunds none', async ({ page }) => {
  const token = '0123456789abcdef0123456789abcdef'
  const keys = JSON.parse(readFileSync(join(import.meta.dirname, '../../apiv3/testdata/keys.json'), 'utf8')) as { merchants: { merchant1: { mchid: string; certificate_pem: string } } }
  const { mchid, certificate_pem } = keys.merchants.merchant1
  const production = await Server.start(['serve', '--config', 'favord.yaml'], {
    'favord.yaml': 'api: 127.0.0.1:0\nmanage: 127.0.0.1:0\ndata: data\nkey_file: kek\nmanage_token_file: token\nlog: {level: error}\n',
    'cert.pem': certificate_pem,
    kek: 'a5'.repeat(32),
    token,
  })
  const { manage_url } = production.environment
  const favord = (...args: string[]) => production.favord(...args, '--manage-url', manage_url, '--token-file', `${production.dir}/token`)
  try {
    await favord('merchants', 'add', mchid, '--name', 'Shop', '--appid', 'wx1', '--grant', 'PAYMENT_RAIL', '--certificate', `${production.dir}/cert.pem`)
    const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o'
    await favord('users', 'register', openid, '--appid', 'wx1')
    const made = await fetch(`${manage_url}/manage/v1/merchants/${mchid}/calls`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ method: 'POST', target: '/rail/v1/payments', body: JSON.stringify({ transaction_id: '4200000001', appid: 'wx1', openid, order: { mchid, total: 2000 } }) }),
    })
    expect(((await made.json()) as { status: number }).status).toBe(200)
    expect(await favord('payments', 'list', mchid, '-o', 'csv')).toContain('4200000001')

    await page.goto(`${production.environment.console_url}payments`)
    await page.getByRole('button', { name: '改用令牌' }).click()
    await page.getByLabel('管理令牌', { exact: true }).fill(token)
    await page.getByRole('button', { name: '进入' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('支付')
    await expect(rows(page)).toHaveCount(1)
    await expect(page.getByRole('button', { name: '付款' })).toHaveCount(0)
    await rows(page).first().getByRole('link').click()
    const paid = page.getByRole('region', { name: '这笔支付' })
    await expect(paid).toContainText('¥20')
    await expect(paid.getByRole('button', { name: '退款' })).toHaveCount(0)
    await shot(page, 'list-production')
    expect(await barriers(page)).toEqual([])
  } finally {
    await production.stop()
  }
})
