import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, sandbox, test } from './sandbox'

test('a thousand requests come in at once, the stream is cut, and none is lost', async ({ page }) => {
  const busy = await sandbox('--unlimited')
  try {
    await page.goto(`${busy.environment.console_url}dev/requests`)
    await expect(page.getByText('实时', { exact: true })).toBeVisible()
    const call = () => fetch(`${busy.environment.api_url}/v3/certificates`).then((a) => a.text())
    const burst = async (n: number) => {
      for (let i = 0; i < n; i += 20) await Promise.all(Array.from({ length: 20 }, call))
    }
    await burst(500)
    await page.context().setOffline(true)
    await burst(500)
    await page.context().setOffline(false)
    await expect(page.locator('a.line')).toHaveCount(1000, { timeout: 30_000 })
  } finally {
    await busy.stop()
  }
})

test('the log stays live for ten minutes behind a proxy that cuts what is silent for one @full', async ({ page, server }) => {
  test.setTimeout(720_000)
  const manage = Number(new URL(server.environment.console_url!).port)
  const proxy = createServer((near) => {
    const far = connect(manage, '127.0.0.1')
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.setTimeout(60_000, () => from.destroy())
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  try {
    let streams = 0
    page.on('request', (r) => (streams += Number(r.url().includes('/manage/v1/events'))))
    await page.goto(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/dev/requests`)
    const live = page.getByText('实时', { exact: true })
    await expect(live).toBeVisible()
    await expect.poll(() => streams, 'one for the log, one for the clock').toBe(2)
    for (let minute = 0; minute < 10; minute++) {
      await page.waitForTimeout(60_000)
      await expect(live).toBeVisible()
    }
    await server.refused('get', '/v3/marketing/busifavor/stocks/10')
    await expect(page.locator('a.line').first()).toContainText('/v3/marketing/busifavor/stocks/10')
    expect(streams, 'none was taken up again').toBe(2)
  } finally {
    proxy.close()
  }
})
