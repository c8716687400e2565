import { expect, sandbox, test } from './sandbox'

test.use({ own: 'shell' })

test('the address is the state: a reload and the way back give the same view', async ({ page, stock, server, code }) => {
  void code
  await page.goto('/stocks')
  await page.getByRole('link', { name: '代金券' }).click()
  await expect(page).toHaveURL(/product=favor/)
  await page.getByRole('combobox', { name: '商户' }).click()
  await page.getByRole('option', { name: server.environment.mchid }).click()
  await expect(page).toHaveURL(new RegExp(`mchid=${server.environment.mchid}`))
  await page.reload()
  await expect(page.locator('main table')).toBeVisible()
  await page.goto(`/stocks/${stock}`)
  await page.getByRole('navigation', { name: '上级页面' }).getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('批次')
  await page.goBack()
  await expect(page).toHaveURL(new RegExp(`/stocks/${stock}$`))
})

test('language and theme change at once and stay', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'EN', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview')
  await page.getByRole('button', { name: 'Switch to dark' }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveClass(/dark/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview')
})

test('the palette takes whatever is pasted, without a mouse', async ({ page, stock }) => {
  await page.goto('/merchants')
  await expect(page.locator('main table')).toBeVisible()
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: '查找' })
  await expect(field).toBeFocused()
  await field.fill(stock)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/stocks/${stock}`))
  await page.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await field.fill('8.8折')
  await expect(page.getByRole('option', { name: /全场8\.8折/ })).toContainText('商家券批次')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('全场8.8折')
  await page.keyboard.press('g')
  await page.keyboard.press('m')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('商户')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
})

test('a stock is paused, the pause is undone, and stopping asks first', async ({ page, server }) => {
  const stock = '1282070000000018'
  await page.goto(`/stocks/${stock}`)
  await page.getByRole('button', { name: '暂停' }).click()
  await expect(page.getByText('已暂停发放')).toBeVisible()
  await expect(page.getByRole('button', { name: '恢复' })).toBeVisible()
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.getByRole('button', { name: '暂停' })).toBeVisible()
  await page.getByRole('button', { name: '停止…' }).click()
  await expect(page.getByRole('dialog')).toContainText('停止后不能恢复')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await server.favord('stocks', 'show', stock)).toContain('RUNNING')
})

test('a lost connection keeps what was on the page and says so', async ({ page, context }) => {
  await page.goto('/users?only=')
  await expect(page.locator('main table, main .empty').first()).toBeVisible()
  await page.goto('/stocks')
  await expect(page.locator('main table')).toBeVisible()
  await context.setOffline(true)
  await page.getByRole('link', { name: '代金券' }).click()
  await page.getByRole('link', { name: '商家券' }).click()
  await expect(page.getByRole('alert')).toContainText('连接不上服务器')
  await context.setOffline(false)
  await page.getByRole('button', { name: '重试' }).click()
  await expect(page.locator('main table')).toBeVisible()
})

test('the checklist of a new sandbox ticks itself off', async ({ page }) => {
  const fresh = await sandbox()
  try {
    await page.goto(fresh.environment.console_url)
    await expect(page.locator('.steps li.done')).toHaveCount(1)
    await fresh.favord('get', '/v3/certificates')
    await expect(page.locator('.steps li.done')).toHaveCount(2)
    await fresh.favord('coupons', 'send', '1282070000000017', 'first')
    await expect(page.locator('.steps li.done')).toHaveCount(3)
    const [, , , stock, code, number] = (await page.locator('.steps li').last().locator('code').textContent())!.split(' ')
    await fresh.favord('coupons', 'use', stock!, code!, number!)
    await expect(page.locator('.steps')).toBeHidden()
    await expect(page.locator('.latest li').first()).toContainText('/coupons/use')
  } finally {
    await fresh.stop()
  }
})
