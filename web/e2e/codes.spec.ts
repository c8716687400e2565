import AxeBuilder from '@axe-core/playwright'
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { makeStock } from './make'
import { expect, test, type Server } from './sandbox'

test.use({ own: 'codes' })

const pool = (server: Server, most: number) => makeStock(server, '预存码券', { max_coupons: most }, { coupon_code_mode: 'MERCHANT_UPLOAD' })

async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

test('a file is checked, the rest imported, paused, and continued after a reload without uploading twice', async ({ page, server }) => {
  const stock = await pool(server, 5000)
  const lines = Array.from({ length: 4000 }, (_, i) => `C-${i}`)
  lines.splice(10, 0, '券码', 'x'.repeat(33), 'C-3')
  await page.goto(`/stocks/${stock}/codes`)
  await expect(page.getByText('还没有 code')).toBeVisible()
  await choose(page, 'codes.txt', lines.join('\r\n'))
  await expect(page.getByText('共 4,003 行，可以导入 4,000 个 code。')).toBeVisible()
  const wrong = page.locator('section', { has: page.getByRole('heading', { name: '3 行有误' }) }).locator('tbody tr')
  await expect(wrong.nth(0)).toContainText('含有不允许的字符')
  await expect(wrong.nth(1)).toContainText('超过 32 个字符')
  await expect(wrong.nth(2)).toContainText('与第 4 行重复')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载清单' }).click()])
  expect(readFileSync(await file.path(), 'utf8')).toContain('"13","C-3","与第 4 行重复"')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/codes-checked.png`, fullPage: true })

  const numbers: string[] = []
  let hold = true
  await page.route('**/calls', async (route) => {
    const body = route.request().postDataJSON() as { method: string; body: string }
    if (body.method === 'POST') numbers.push((JSON.parse(body.body) as { upload_request_no: string }).upload_request_no)
    // The sixth call is on its way while the page goes.
    if (hold && numbers.length > 5 && body.method === 'POST') return
    await route.continue()
  })
  await page.getByRole('button', { name: '跳过有误的行，导入其余 4,000 个' }).click()
  await expect.poll(() => numbers.length).toBeGreaterThan(5)
  await page.reload()
  hold = false
  await expect(page.getByText('上次未导入完')).toBeVisible()
  await expect(page.getByText('800 / 4,000')).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/codes-kept.png`, fullPage: true })
  await page.getByRole('button', { name: '继续导入' }).click()
  await expect(page.getByText('新增 4,000 个，原已存在 0 个，有误 3 个')).toBeVisible()
  expect(new Set(numbers).size, 'a number for each call, however often it was sent').toBe(20)
  await expect(page.locator('.left')).toContainText('4,000')

  await page.getByRole('button', { name: '再导入一个文件' }).click()
  await choose(page, 'again.txt', 'C-1\nNEW-1\n')
  await page.getByRole('button', { name: '导入 2 个 code' }).click()
  await expect(page.getByText('新增 1 个，原已存在 1 个，有误 0 个')).toBeVisible()
  await page.getByRole('textbox', { name: '查找一个 code' }).fill('NEW-1')
  await page.keyboard.press('Enter')
  await expect(page.locator('table.cards tbody tr')).toHaveCount(1)
  await page.getByRole('button', { name: '删除 NEW-1' }).click()
  await expect(page.getByText('没有符合条件的 code')).toBeVisible()
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.locator('table.cards tbody tr')).toContainText('NEW-1')
})

test('a stock without room says so and keeps what is there', async ({ page, server }) => {
  const stock = await pool(server, 300)
  await page.goto(`/stocks/${stock}/codes?lang=en`)
  await choose(page, 'many.txt', Array.from({ length: 1000 }, (_, i) => `M-${i}`).join('\n'))
  await expect(page.getByText('This stock has room for 300 more codes')).toBeVisible()
  await page.getByRole('button', { name: 'Import 1,000 codes' }).click()
  await expect(page.getByRole('alert')).toContainText('max_coupons')
  await page.setViewportSize({ width: 390, height: 860 })
  await page.emulateMedia({ colorScheme: 'dark' })
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/codes-390.png`, fullPage: true })
  const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`)).toEqual([])
  await page.getByRole('button', { name: 'Abandon' }).click()
  await expect(page.getByRole('button', { name: 'Choose a file' })).toBeVisible()
})

test('a million codes are imported @full', async ({ page, server }) => {
  test.setTimeout(900_000)
  const stock = await pool(server, 1_000_000)
  await page.goto(`/stocks/${stock}/codes`)
  const text = Array.from({ length: 1_000_000 }, (_, i) => `MILLION-${i}`).join('\n')
  let began = Date.now()
  await choose(page, 'million.txt', text)
  await expect(page.getByText('可以导入 1,000,000 个 code')).toBeVisible({ timeout: 120_000 })
  console.log(`checked in ${Date.now() - began} ms`)
  began = Date.now()
  await page.getByRole('button', { name: '导入 1,000,000 个 code' }).click()
  await expect(page.getByText('新增 1,000,000 个，原已存在 0 个，有误 0 个')).toBeVisible({ timeout: 800_000 })
  console.log(`imported in ${Date.now() - began} ms`)
})
