import { createServer } from 'node:http'
import { connect, createServer as createTCP, type AddressInfo } from 'node:net'
import { expect, sandbox, test } from './sandbox'

test.use({ own: 'desk' })

test('a request appears as it comes, and keys move the focus only', async ({ page, server, stock, refused }) => {
  await page.goto('/dev/requests')
  await expect(page.getByText('实时', { exact: true })).toBeVisible()
  const first = page.locator('a.line').first()
  await server.favord('get', `/v3/marketing/busifavor/stocks/${stock}`)
  await expect(first).toContainText(`/v3/marketing/busifavor/stocks/${stock}`)
  await page.locator('h1').click()
  await page.keyboard.press('j')
  await expect(first).toBeFocused()
  await server.favord('get', '/v3/certificates')
  await expect(page.getByText('有 1 条新请求，点击显示')).toBeVisible()
  await expect(first, 'nothing moves under the focus').toContainText(stock)
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/dev\/requests\/08/)
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/dev\/requests$/)
  await expect(first).toBeFocused()
  await page.goto(`/dev/requests/${refused}`)
  await expect(page.locator('.sentence')).not.toBeEmpty()
  await page.getByRole('navigation', { name: '请求的各部分' }).getByRole('link', { name: '请求' }).click()
  await expect(page.getByText('WECHATPAY2-SHA256-RSA2048')).toBeVisible()
})

test('filters are in the address and hold for what comes', async ({ page, server }) => {
  await page.goto('/dev/requests?status=4xx')
  await expect(page.getByText('实时', { exact: true })).toBeVisible()
  const before = await page.locator('a.line').count()
  await server.favord('get', '/v3/certificates')
  await server.refused('get', '/v3/marketing/busifavor/stocks/1')
  await expect(page.locator('a.line').first()).toContainText('/v3/marketing/busifavor/stocks/1')
  expect(await page.locator('a.line').count()).toBe(before + 1)
})

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
  const proxy = createTCP((near) => {
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

test('pasted traffic is explained', async ({ page }) => {
  await page.goto('/')
  await expect(page.locator('main h1')).toBeVisible()
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: '查找' })
  await expect(field).toBeFocused()
  await field.evaluate((element) => {
    const data = new DataTransfer()
    data.setData('text/plain', 'GET /v3/certificates HTTP/1.1\nHost: x\nAccept: */*\nUser-Agent: x\nAuthorization: WECHATPAY2-SHA256-RSA2048 mchid="1900000001"\n\n')
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await expect(page.getByRole('listbox').getByRole('option').first()).toContainText('GET /v3/certificates')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/dev\/explain/)
  await expect(page.locator('.sentence')).not.toBeEmpty()
})

test('the clock is moved and moved back, and a snapshot is kept', async ({ page, server }) => {
  await page.goto('/dev/time')
  await page.getByRole('button', { name: '冻结' }).click()
  await expect(page.locator('.face')).toContainText('已冻结')
  await page.getByRole('textbox', { name: '调整到（北京时间）' }).fill('2030-01-02 03:04:05')
  await page.getByRole('button', { name: '调整', exact: true }).click()
  await expect(page.locator('.face')).toContainText('2030-01-02 03:04:05')
  await expect(page.locator('.bar .mode')).toContainText('已冻结')
  expect(await server.favord('clock', 'show')).toContain('2030-01-02T03:04:05')
  await page.getByRole('textbox', { name: '快照名' }).fill('before')
  await page.getByRole('button', { name: '保存快照' }).click()
  await expect(page.getByRole('cell', { name: 'before' })).toBeVisible()
  await page.getByRole('button', { name: '回到真实时间' }).click()
  await expect(page.locator('.face')).toContainText('真实时间')
  await server.favord('clock', 'freeze')
  await expect(page.locator('.face'), 'a change from elsewhere').toContainText('已冻结')
  await server.favord('clock', 'resume')
  await expect(page.locator('.face')).toContainText('真实时间')
})

test('a fault is armed and disarmed', async ({ page, server }) => {
  await page.goto('/dev/faults')
  await page.getByRole('button', { name: /^返回错误/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '生效' }).click()
  await expect(page.locator('.armed')).toContainText('返回错误')
  await server.refused('get', '/v3/certificates')
  await page.locator('.armed').getByRole('button', { name: '移除' }).click()
  await expect(page.getByText('一切正常')).toBeVisible()
  await server.favord('get', '/v3/certificates')
})

test('a callback is delivered, shown and sent again', async ({ page, server, stock }) => {
  const got: string[] = []
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      got.push(request.headers['wechatpay-signature'] as string)
      response.writeHead(got.length === 1 ? 500 : 204).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as { port: number }
  try {
    await server.favord('callbacks', 'set', `http://127.0.0.1:${port}/notify`)
    await server.favord('coupons', 'send', stock, 'callback-1')
    await page.goto('/dev/callbacks')
    await expect(page.getByText(`http://127.0.0.1:${port}/notify`)).toBeVisible()
    await page.getByRole('link', { name: 'COUPON.SEND' }).first().click()
    await expect(page.locator('.tries').getByText('500', { exact: true })).toBeVisible()
    await page.getByRole('button', { name: '重新投递' }).click()
    await expect(async () => {
      await page.getByRole('button', { name: '刷新' }).click()
      await expect(page.locator('.tries').getByText('204', { exact: true })).toBeVisible({ timeout: 1000 })
    }).toPass()
    expect(got.length).toBeGreaterThan(1)
  } finally {
    receiver.close()
  }
})
