import { expect, test } from './sandbox'

test.use({ own: 'act' })

test('the desk looks a coupon up, redeems it, and takes it back, by keys alone', async ({ page, server, stock }) => {
  const sent = await server.favord('coupons', 'send', stock, 'desk-1', '-o', 'json')
  const code = /"coupon_code": *"([^"]+)"/.exec(sent)![1]!
  await page.goto('/redeem')
  const field = page.getByRole('textbox', { name: '扫码或输入券code' })
  await expect(field).toBeFocused()
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
  await expect(page.locator('.face')).toContainText('可用')
  await expect(page.locator('.face .worth'), 'the cashier sees what to take off').toContainText('减')
  await expect(field).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('核销 1 张，失败 0 张')).toBeVisible()
  expect(await server.favord('coupons', 'show', stock, code)).toContain('USED')
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.getByText('已退回')).toBeVisible()
  expect(await server.favord('coupons', 'show', stock, code)).toContain('SENDED')
  await expect(field).toBeFocused()
  await page.keyboard.type('NO-SUCH-CODE')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('没有这个券code')
})

test('an operation is called as a merchant, and the call is in the log', async ({ page, server, stock }) => {
  await page.goto('/dev/api/busifavor.stocks.get')
  await page.getByLabel('stock_id').fill(stock)
  await page.getByRole('button', { name: `以 ${server.environment.mchid} 身份调用` }).click()
  await expect(page.locator('pre')).toContainText(stock)
  await page.getByRole('link', { name: '查看请求' }).click()
  await expect(page).toHaveURL(/\/dev\/requests\/08/)
  await expect(page.locator('.detail')).toContainText('busifavor.stocks.get')
})

test('an operation that wants an Idempotency-Key has a field for it, filled in', async ({ page, server }) => {
  await page.goto('/dev/api/partnerships.build')
  const key = page.getByLabel('Idempotency-Key')
  await expect(key).not.toHaveValue('')
  const call = page.getByRole('button', { name: `以 ${server.environment.mchid} 身份调用` })
  await call.click()
  await expect(page.locator('pre')).toContainText('partner')
  await expect(page.locator('section[aria-live] .head')).toContainText('200')
  await key.fill('')
  await call.click()
  await expect(key).toBeFocused() // the browser asks for it first
})

test('the fields of a body are listed with what they may be, in the language of the page', async ({ page }) => {
  for (const [language, title, line] of [
    ['zh', '包体字段', /stock_name.*批次名称.*1 – 20 个字符/],
    ['en', 'Fields of the body', /stock_name.*Stock name.*1 – 20 characters/],
  ] as const) {
    await page.goto(`/dev/api/favor.stocks.create?lang=${language}`)
    const fields = page.locator('section', { has: page.getByRole('heading', { name: title }) }).locator('li')
    await expect(fields.filter({ hasText: line })).toHaveCount(1)
    await expect(fields.filter({ hasText: 'trade_type' })).toContainText('MICROAPP · APPPAY')
  }
  await page.goto('/dev/api/busifavor.stocks.get?lang=en')
  await expect(page.getByText('Stock ID', { exact: true })).toBeVisible()
})
