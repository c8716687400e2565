import AxeBuilder from '@axe-core/playwright'
import { readFileSync } from 'node:fs'
import { expect, test } from './sandbox'

test.use({ own: 'audit' })

test('who changed what is found, shown from both sides, proved and exported', async ({ page, server, stock }) => {
  const { mchid } = server.environment
  await server.favord('coupons', 'send', stock, 'audit-1')
  await server.favord('stocks', 'pause', stock)
  await server.favord('stocks', 'resume', stock)
  await server.favord('merchants', 'update', mchid, '--name', '新的名字').catch(() => '')
  await page.goto(`/audit?mchid=${mchid}`)
  const rows = page.locator('.entries tbody tr')
  await expect(rows.first()).toBeVisible()
  await page.getByRole('textbox', { name: '操作', exact: true }).fill('manage.stocks.*')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/action=manage\.stocks/)
  await expect(rows).toHaveCount(2)
  await page.reload()
  await expect(rows).toHaveCount(2)
  await expect(async () => {
    await page.reload()
    await expect(rows.first().locator('a')).toHaveText('manage.stocks.resume', { timeout: 1000 })
  }, 'it is sealed within a second').toPass()
  await rows.nth(1).locator('a').click()
  const entry = page.getByRole('region', { name: /^第 \d+ 条$/ })
  await expect(entry.getByText('与封存时一致')).toBeVisible()
  await expect(entry.locator('.changed')).toContainText('RUNNING')
  await expect(entry.locator('.changed')).toContainText('PAUSED')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/audit.png`, fullPage: true })
  await entry.getByRole('link', { name: `stock/${stock}` }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('满10元减5元')
  await page.goBack()
  await page.getByRole('button', { name: '验证' }).click()
  await expect(page.locator('.verdict')).toContainText('审计链完整')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出' }).click()])
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n').map((l) => JSON.parse(l) as { place: number; action: string })
  expect(lines.map((l) => l.place)).toEqual(lines.map((_, i) => i + 1))
  expect(lines.map((l) => l.action)).toContain('manage.stocks.pause')
  await page.getByRole('button', { name: '关闭' }).click()
  await expect(rows.nth(1).locator('a')).toBeFocused()
})

test('the server has an audit of its own', async ({ page, server }) => {
  await server.favord('operators', 'add', 'bob', '--role', 'viewer')
  await page.setViewportSize({ width: 390, height: 860 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(async () => {
    await page.goto('/audit?lang=en')
    await expect(page.locator('.entries tbody a').first()).toBeVisible({ timeout: 1000 })
  }).toPass()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/audit-390.png`, fullPage: true })
  await page.locator('.entries tbody a').first().click()
  await expect(page.getByText('As it was sealed')).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/audit-entry-390.png`, fullPage: true })
  const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`)).toEqual([])
})
