import AxeBuilder from '@axe-core/playwright'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { makeStock } from './make'
import { expect, sandbox, test, type Server } from './sandbox'

test.use({ own: 'codes' })

const pool = (server: Server, most: number) => makeStock(server, '预存码券', { max_coupons: most }, { coupon_code_mode: 'MERCHANT_UPLOAD' })

async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

test('a file goes up once, the server imports its rest, whoever looks, and wrong lines are in errors.csv', async ({ page, server, context }) => {
  const stock = await pool(server, 50_000)
  const lines = Array.from({ length: 40_000 }, (_, i) => `C-${i}`)
  lines.splice(10, 0, '券码', 'x'.repeat(33), 'C-3')
  await page.goto(`/stocks/${stock}`)
  await page.getByRole('status').filter({ hasText: '用户现在领不到券' }).getByRole('link', { name: '上传券code' }).click()
  await expect(page.getByText('还没有 code')).toBeVisible()
  await choose(page, 'codes.txt', lines.join('\r\n'))
  await expect(page.getByText('共 40,003 行，可以导入 40,000 个 code。')).toBeVisible()
  const wrong = page.locator('section', { has: page.getByRole('heading', { name: '3 行有误' }) }).locator('tbody tr')
  await expect(wrong.nth(0)).toContainText('含有不允许的字符')
  await expect(wrong.nth(1)).toContainText('超过 32 个字符')
  await expect(wrong.nth(2)).toContainText('与第 4 行重复')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载清单' }).click()])
  expect(file.suggestedFilename()).toContain('errors.csv')
  expect(readFileSync(await file.path(), 'utf8')).toContain('"13","C-3","与第 4 行重复"')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/codes-checked.png`, fullPage: true })

  // Its longest button, in its longest words, stays on a telephone.
  await page.setViewportSize({ width: 390, height: 860 })
  await page.goto(`/stocks/${stock}/codes?lang=en`)
  await expect(page.getByRole('button', { name: 'Leave these lines out and import the other 40,000' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.goto(`/stocks/${stock}/codes?lang=zh`)

  await page.getByRole('button', { name: '跳过有误的行，导入其余 40,000 个' }).click()
  await expect(page.getByText('由服务器导入，可以关闭页面')).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/codes-running.png`, fullPage: true })
  await page.close()
  const again = await context.newPage()
  await again.goto(`/stocks/${stock}/codes`)
  await expect(again.getByText('新增 40,000 个，原已存在 0 个，有误 3 个')).toBeVisible({ timeout: 60_000 })
  await again.reload()
  await expect(again.locator('.left')).toContainText('40,000')
  if (process.env.SHOTS) await again.screenshot({ path: `${process.env.SHOTS}/codes-done.png`, fullPage: true })

  await again.getByRole('button', { name: '再导入一个文件' }).click()
  await choose(again, 'again.txt', 'C-1\nNEW-1\n')
  await again.getByRole('button', { name: '导入 2 个 code' }).click()
  await expect(again.getByText('新增 1 个，原已存在 1 个，有误 0 个')).toBeVisible()
  await again.getByRole('textbox', { name: '查找一个 code' }).fill('NEW-1')
  await again.keyboard.press('Enter')
  await expect(again.locator('table.cards tbody tr')).toHaveCount(1)
  await again.getByRole('button', { name: '删除 NEW-1' }).click()
  await expect(again.getByText('没有符合条件的 code')).toBeVisible()
  await again.getByRole('button', { name: '撤销' }).click()
  await expect(again.locator('table.cards tbody tr')).toContainText('NEW-1')
})

test('an upload that a closed page ended goes on where it was', async ({ page, server, context }) => {
  const stock = await pool(server, 200_000)
  const text = Array.from({ length: 60_000 }, (_, i) => `UPLOAD-OF-LONG-CODES-${i}`).join('\n')
  await page.goto(`/stocks/${stock}/codes`)
  let parts = 0
  // The third part never arrives, and the page goes.
  await page.route('**/parts', (route) => (++parts > 2 ? route.abort() : route.continue()))
  await choose(page, 'half.txt', text)
  await expect.poll(() => parts).toBeGreaterThan(2)
  await page.close()
  const again = await context.newPage()
  const offsets: number[] = []
  again.on('request', (r) => {
    if (r.url().endsWith('/parts')) offsets.push((r.postDataJSON() as { offset: number }).offset)
  })
  await again.goto(`/stocks/${stock}/codes`)
  await expect(again.getByText('文件没有传完')).toBeVisible()
  if (process.env.SHOTS) await again.screenshot({ path: `${process.env.SHOTS}/codes-half.png`, fullPage: true })
  await again.getByRole('button', { name: '继续上传' }).click()
  await expect(again.getByText('可以导入 60,000 个 code')).toBeVisible({ timeout: 30_000 })
  expect(offsets[0]).toBe(2 * 256 * 1024)
  await again.getByRole('button', { name: '换一个文件' }).click()
  await expect(again.getByRole('button', { name: '选择文件' })).toBeVisible()
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

test('a million codes are imported while the page is closed @full', async ({ page, context }) => {
  test.setTimeout(900_000)
  const server = await sandbox('--data', mkdtempSync(join(tmpdir(), 'favord-codes-')))
  const memory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024
  const stock = await pool(server, 1_000_000)
  const lines = Array.from({ length: 1_000_000 }, (_, i) => `MILLION-${i}`)
  lines.splice(10, 0, '券码', 'x'.repeat(33), 'MILLION-3')
  await page.goto(`${server.environment.console_url}stocks/${stock}/codes`)
  const before = memory()
  let began = Date.now()
  await choose(page, 'million.txt', lines.join('\n'))
  await expect(page.getByText('可以导入 1,000,000 个 code')).toBeVisible({ timeout: 120_000 })
  console.log(`uploaded and checked in ${Date.now() - began} ms`)
  began = Date.now()
  await page.getByRole('button', { name: '跳过有误的行，导入其余 1,000,000 个' }).click()
  const share = async () => Number((await page.getByRole('meter', { name: '导入进度' }).getAttribute('aria-valuenow')) ?? 0)
  await expect.poll(share, { timeout: 400_000 }).toBeGreaterThan(400_000)
  await page.close()
  const again = await context.newPage()
  await expect
    .poll(async () => ((await (await fetch(`${server.environment.manage_url}/manage/v1/stocks/${stock}/code-import`)).json()) as { phase: string }).phase, { timeout: 400_000 })
    .toBe('DONE')
  console.log(`imported in ${Date.now() - began} ms`)
  await again.goto(`${server.environment.console_url}stocks/${stock}/codes`)
  await expect(again.getByText('新增 1,000,000 个，原已存在 0 个，有误 3 个')).toBeVisible()
  const [file] = await Promise.all([again.waitForEvent('download'), again.getByRole('button', { name: '下载清单' }).click()])
  expect(readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n').length - 1, 'wrong lines in errors.csv').toBe(3)
  const grown = Math.round(memory() - before)
  console.log(`the server grew by ${grown} MiB`)
  expect(grown, 'MiB that the server grew by').toBeLessThanOrEqual(64)
  await server.stop()
})
