import { expect, test, Watch } from './sandbox'
import { places } from './pages'

test('no page asks another host for anything, breaks the policy, or reports an error', async ({ page, server, stock, code, refused, watch }) => {
  const head = await fetch(server.environment.console_url, { method: 'HEAD', headers: { Accept: 'text/html' } })
  const policy = head.headers.get('content-security-policy') ?? ''
  for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"]) expect(policy).toContain(part)
  for (const place of places({ stock, code, openid: server.environment.openid, mchid: server.environment.mchid, refused })) {
    await page.goto(place.path)
    await expect(page.locator(`main ${place.whole}`).first(), place.path).toBeVisible()
    expect(watch.faults, place.path).toEqual([])
  }
})

test('what watches over the pages would have told', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL })
  const page = await context.newPage()
  const watch = new Watch(page)
  await page.goto('/')
  await page.evaluate(() => {
    void fetch('http://127.0.0.1:9/').catch(() => undefined)
    const inline = document.createElement('script')
    inline.append('1')
    document.head.append(inline)
    console.error('planted')
  })
  await expect.poll(() => watch.faults.join('\n')).toMatch(/policy: connect-src http:\/\/127\.0\.0\.1:9\//)
  await expect.poll(() => watch.faults.join('\n')).toMatch(/policy: (script-src|require-trusted-types-for)/)
  expect(watch.faults.join('\n')).toContain('error: planted')
  await context.close()
})
