import { readFileSync } from 'node:fs'
import { expect, test } from './sandbox'

test.use({ own: 'figures' })

test('figures of today and of a stock, drawn, as a table and as a file', async ({ page, server, stock }) => {
  for (const n of [1, 2, 3]) {
    const sent = await server.favord('coupons', 'send', stock, `figures-${n}`, '-o', 'json')
    if (n === 1) await server.favord('coupons', 'use', stock, /"coupon_code": *"([^"]+)"/.exec(sent)![1]!, 'figures-use')
  }
  await page.goto('/')
  const figures = page.getByRole('region', { name: '经营数据' })
  await expect(figures.getByText('今日发放')).toBeVisible()
  await expect(figures.locator('.today dd').nth(0)).toContainText('3')
  await expect(figures.locator('.today dd').nth(1)).toContainText('1')
  await expect(figures.locator('canvas')).toBeVisible()
  await page.goto(`/stocks/${stock}`)
  await figures.getByLabel('粒度').selectOption('HOUR')
  await expect(page).toHaveURL(/by=HOUR/)
  await figures.getByText('看表格').click()
  await expect(figures.locator('tbody tr')).toHaveCount(48)
  await expect(figures.locator('tbody tr').last()).toContainText('3')
  const [file] = await Promise.all([page.waitForEvent('download'), figures.getByRole('button', { name: 'CSV' }).click()])
  expect(file.suggestedFilename()).toContain(stock)
  expect(readFileSync(await file.path(), 'utf8')).toMatch(/^\uFEFF时间,发放,核销,退券,失效,优惠净额（元，已扣退券）\r\n/)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/figures-stock.png`, fullPage: true })
  await page.goto('/?lang=en')
  await page.setViewportSize({ width: 390, height: 860 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(figures.or(page.getByRole('region', { name: 'Figures' })).locator('canvas')).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/figures-390.png`, fullPage: true })
})
