import AxeBuilder from '@axe-core/playwright'
import { call, makeStock } from './make'
import { expect, test } from './sandbox'

test.use({ own: 'narrow', viewport: { width: 390, height: 860 } })

test('on a telephone a dialog has the width of the window, and a conflict is read without scrolling', async ({ page, server }) => {
  const stock = await makeStock(server, '电话上改', { max_coupons: 100 }, { comment: '原来' })
  const dialog = page.getByRole('dialog')
  for (const [language, change, total, save] of [
    ['zh', '修改', '发放总数', '保存'],
    ['en', 'Change', 'Total', 'Save'],
  ] as const) {
    await page.goto(`/stocks/${stock}?lang=${language}`)
    await page.getByRole('button', { name: change, exact: true }).click()
    await dialog.getByLabel(total).fill('300')
    const goods_name = `饮料${language}`
    await call(server, 'PATCH', `/v3/marketing/busifavor/stocks/${stock}`, { goods_name, out_request_no: `narrow-${language}` })
    await dialog.getByRole('button', { name: save }).click()
    await expect(dialog.locator('tbody tr')).toHaveCount(1)
    const box = (await dialog.locator('.table-frame').boundingBox())!
    expect(box.width).toBeGreaterThan(290)
    for (const part of [...(await dialog.locator('tbody td').all()), ...(await dialog.getByRole('button').all())]) {
      const place = (await part.boundingBox())!
      expect(place.x, await part.innerText()).toBeGreaterThanOrEqual(16)
      expect(place.x + place.width, await part.innerText()).toBeLessThanOrEqual(374)
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
      expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => node.target).join(' | ')}`), colorScheme).toEqual([])
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/narrow-${language}-${colorScheme}.png` })
    }
  }
})

test('on a telephone the date shows that the clock was moved', async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/stocks')
  const mode = page.locator('header .mode')
  await expect(mode).toHaveText(/沙箱/)
  await expect(mode.locator('time')).toBeHidden()
  await server.favord('clock', 'freeze', '2027-01-01 10:00:00')
  await expect(mode.locator('time')).toBeVisible()
  await expect(mode.locator('time')).toContainText('2027-01-01')
  await expect(mode.locator('strong')).toBeHidden()
  await server.favord('clock', 'resume')
})
