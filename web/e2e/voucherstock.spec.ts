import AxeBuilder from '@axe-core/playwright'
import { readFile } from 'node:fs/promises'
import type { Download } from '@playwright/test'
import { call } from './make'
import { expect, test, type Server } from './sandbox'

test.use({ own: 'voucherstock' })

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 19) + '+08:00'

const text = async (download: Download) => readFile(await download.path(), 'utf8')

/** Creates a stock of vouchers that is not started yet; returns its id. */
async function make(server: Server, name: string, noCash: boolean, items?: string[]): Promise<string> {
  const { mchid } = server.environment
  const made = await call(server, 'POST', '/v3/marketing/favor/coupon-stocks', {
    stock_name: name,
    belong_merchant: mchid,
    available_begin_time: inDays(1),
    available_end_time: inDays(20),
    no_cash: noCash,
    stock_type: 'NORMAL',
    out_request_no: `voucher-${Date.now()}`,
    stock_use_rule: { max_coupons: 100, max_amount: 50_000, max_coupons_per_user: 1, natural_person_limit: false, prevent_api_abuse: false },
    coupon_use_rule: { fixed_normal_coupon: { coupon_amount: 500, transaction_minimum: 3000 }, available_merchants: [mchid], ...(items && { available_items: items }) },
  })
  return String(made.stock_id)
}

test('a stock of vouchers is started, paused and taken up again, each as the API does it', async ({ page, server }) => {
  const id = await make(server, '可启停的券', false)
  await page.goto(`/stocks/${id}?product=favor`)
  await page.getByRole('button', { name: '激活' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('锁定预算 ¥500（面额 ¥5 × 100 张）')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/voucher-start.png` })
  await expect(dialog.getByRole('button', { name: '激活' }), 'nothing is taken away').toHaveClass(/el-button--primary/)
  await dialog.getByRole('button', { name: '激活' }).click()
  await expect(page.getByText('批次已激活')).toBeVisible()
  await page.getByRole('button', { name: '暂停' }).click()
  await expect(page.getByText('已暂停', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: '恢复' }).click()
  await expect(page.getByText('已恢复发放')).toBeVisible()
  expect(await server.favord('get', `/v3/marketing/favor/stocks/${id}?stock_creator_mchid=${server.environment.mchid}`)).toContain('"status": "running"')
})

test('a stock of vouchers that was never started is stopped for good, after a question', async ({ page, server }) => {
  const id = await make(server, '不要的券', true)
  await page.goto(`/stocks/${id}?product=favor`)
  await page.getByRole('button', { name: '停止…' }).click()
  await expect(page.getByRole('dialog')).toContainText('100 张都不会发放')
  await page.getByRole('dialog').getByRole('button', { name: '停止' }).click()
  await expect(page.getByText('批次已停止')).toBeVisible()
  await expect(page.getByRole('button', { name: '修改', exact: true })).toHaveCount(0)
})

test('goods and senders of a stock of vouchers change by what was added and taken away', async ({ page, server }) => {
  const id = await make(server, '单品券', true, ['g1', 'g2'])
  const { mchid } = server.environment
  await page.goto(`/stocks/${id}?product=favor`)
  await page.getByRole('button', { name: '修改', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel(/可核销商品编码/)).toHaveValue('g1\ng2')
  await call(server, 'POST', `/v3/marketing/favor/stocks/${id}/modify-goods-id`, { stock_creator_mchid: mchid, add_goods_id_list: ['theirs'] })
  await dialog.getByLabel(/可核销商品编码/).fill('g2\ng3')
  const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => node.target).join(' | ')}`)).toEqual([])
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/voucher-edit.png` })
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('批次已修改')).toBeVisible()
  const items = await call(server, 'GET', `/v3/marketing/favor/stocks/${id}/items?offset=0&limit=100&stock_creator_mchid=${mchid}`)
  expect(items.data).toEqual(['g2', 'theirs', 'g3'])
  await page.getByRole('button', { name: '修改', exact: true }).click()
  await dialog.getByLabel(/可发券的其他商户/).fill('1')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByRole('alert')).toBeVisible()
})

test('the bills of a stock of vouchers are there on the day after it ended', async ({ page, server }) => {
  const { mchid } = server.environment
  const id = await make(server, '有账单的券', true)
  const payment = '4200000000202011270000000999'
  await call(server, 'POST', `/v3/marketing/favor/stocks/${id}/start`, { stock_creator_mchid: mchid })
  await server.favord('clock', 'advance', '2d')
  const sent = await server.favord('vouchers', 'send', id, 'bill1', '-o', 'json')
  await page.goto('/redeem')
  await expect(page.getByRole('textbox', { name: '扫码或输入券code' })).toBeFocused()
  await page.keyboard.type(/"coupon_id": *"([^"]+)"/.exec(sent)![1]!)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: '这是代金券' }), 'a voucher is no coupon').toBeVisible()
  await server.favord('pay', 'consume', payment, '--total', '3000')
  await page.goto(`/stocks/${id}?product=favor`)
  const bills = page.getByRole('region', { name: '账单' })
  await bills.getByRole('button', { name: '核销账单' }).click()
  await expect(bills.getByRole('alert')).toContainText('账单文件不存在')
  await server.favord('clock', 'advance', '40d')
  const download = page.waitForEvent('download')
  await bills.getByRole('button', { name: '核销账单' }).click()
  expect(await text(await download)).toContain('`' + payment)
  if (process.env.SHOTS) await bills.screenshot({ path: `${process.env.SHOTS}/bills.png` })
  await server.favord('clock', 'resume')
})
