import AxeBuilder from '@axe-core/playwright'
import { expect, test } from './sandbox'
import { places, variants } from './pages'

// The number of pages is known before a server runs.
const count = places({ stock: '', code: '', openid: '', mchid: '', refused: '' }).length

for (let n = 0; n < count; n++)
  for (const v of variants(n)) {
    const name = places({ stock: ':stock', code: ':code', openid: ':openid', mchid: ':mchid', refused: ':refused' })[n]!.path
    test(`${name} is whole and open to everybody (${v.language}, ${v.theme}, ${v.width})`, async ({ page, server, stock, code, refused }) => {
      const place = places({ stock, code, openid: server.environment.openid, mchid: server.environment.mchid, refused })[n]!
      await page.setViewportSize({ width: v.width, height: 860 })
      await page.emulateMedia({ colorScheme: v.theme, reducedMotion: 'reduce' })
      await page.goto(`${place.path}${place.path.includes('?') ? '&' : '?'}lang=${v.language}`)
      await expect(page.locator(`main ${place.whole}`).first()).toBeVisible()
      await expect(page.locator('html')).toHaveAttribute('lang', v.language === 'zh' ? 'zh-CN' : 'en')
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wide, 'wider than the window').toBeLessThanOrEqual(0)
      const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
      expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`)).toEqual([])
    })
  }
