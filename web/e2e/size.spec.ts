import { expect, test } from './sandbox'
import { places } from './pages'

/** What may travel, in bytes of gzip. */
const budget = { firstScript: 200_000, firstStyle: 30_000, further: 60_000, total: 520_000, chunk: 120_000 }

test('pages stay small', async ({ page, server, stock, code, refused }) => {
  const sizes = new Map<string, number>()
  const measured: Promise<unknown>[] = []
  page.on('requestfinished', (r) => {
    const { pathname } = new URL(r.url())
    if (/\.(js|css)$/.test(pathname) && !sizes.has(pathname)) measured.push(r.sizes().then((s) => sizes.set(pathname, s.responseBodySize)))
  })
  const sum = (end: string) => [...sizes].filter(([name]) => name.endsWith(end)).reduce((n, [, size]) => n + size, 0)
  let before = 0
  for (const [n, place] of places({ stock, code, openid: server.environment.openid, mchid: server.environment.mchid, refused }).entries()) {
    await page.goto(place.path)
    await expect(page.locator(`main ${place.whole}`).first()).toBeVisible()
    await page.waitForLoadState('load')
    await Promise.all(measured)
    const [script, style] = [sum('.js'), sum('.css')]
    if (n === 0) {
      console.log(`first page: ${(script / 1000).toFixed(1)} kB of scripts, ${(style / 1000).toFixed(1)} kB of styles`)
      expect(script).toBeLessThanOrEqual(budget.firstScript)
      expect(style).toBeLessThanOrEqual(budget.firstStyle)
    } else {
      expect(script - before, place.path).toBeLessThanOrEqual(budget.further)
    }
    before = script
  }
  console.log(`all pages: ${(sum('.js') / 1000).toFixed(1)} kB of scripts, ${(sum('.css') / 1000).toFixed(1)} kB of styles`)
  expect(sum('.js')).toBeLessThanOrEqual(budget.total)
  for (const [name, size] of sizes) expect(size, name).toBeLessThanOrEqual(budget.chunk)
})
