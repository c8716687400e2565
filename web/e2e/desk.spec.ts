import { createServer } from 'node:http'
import { expect, test } from './sandbox'

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
