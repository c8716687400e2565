import { join } from 'node:path'
import { call, send, shot, shots } from './make'
import { expect, sandbox, test } from './sandbox'

test.use({ own: 'moments' })

test('what merchants refunded each other for a coupon stands on its line', async ({ page, server, stock }) => {
  const code = await send(server, stock, 'subsidy-1')
  await server.favord('coupons', 'use', stock, code, 'subsidy-use')
  const receipts = '/v3/marketing/busifavor/subsidy'
  const about = { stock_id: stock, coupon_code: code, transaction_id: '4200000913202101152566792388', payer_merchant: server.environment.mchid, payee_merchant: '1900000002' }
  await call(server, 'POST', `${receipts}/pay-receipts`, { ...about, amount: 100, description: '门店补差', out_subsidy_no: 'pay-1' })
  await call(server, 'POST', `${receipts}/return-receipts`, { ...about, refund_id: '5030000001202101152566792388', amount: 40, description: '用户退款', out_subsidy_return_no: 'back-1' })
  await page.goto(`/coupons/${stock}/${code}`)
  const steps = page.getByRole('region', { name: '经历' }).locator('ol.life > li')
  await expect(steps.filter({ hasText: '营销补差' })).toContainText(/pay-1.*¥1 · 1900000001 → 1900000002.*门店补差/)
  await expect(steps.filter({ hasText: '补差回退' })).toContainText(/back-1.*¥0\.40 · 1900000002 → 1900000001.*用户退款/)
  await shots(page, 'subsidy')
})

test('a voucher has its life and its page, too', async ({ page, server }) => {
  await server.favord('trigger', 'COUPON.USE')
  await page.goto(`/coupons?product=favor&openid=${server.environment.openid}`)
  await page.locator('table.list a.whole').first().click()
  await expect(page).toHaveURL(/\/vouchers\/\d+/)
  const life = page.getByRole('region', { name: '经历' })
  await expect(life).toContainText('支付单号')
  await expect(life.locator('ol.life')).toContainText('核销')
  const ask = page.getByRole('region', { name: '试算' })
  await ask.getByLabel('订单金额（元）').fill('0.01')
  await ask.getByRole('button', { name: '试算' }).click()
  await expect(ask.getByRole('status')).toContainText('不行')
  await shots(page, 'voucher')
})

test('a stock says whether a user could claim a coupon there and then', async ({ page, server, stock }) => {
  await page.goto(`/stocks/${stock}`)
  const ask = page.getByRole('region', { name: '试算' })
  await ask.getByLabel('用户 openid').fill(server.environment.openid)
  await ask.getByRole('button', { name: '试算' }).click()
  await expect(ask.getByRole('status')).toContainText('可以')
  await ask.getByLabel('时间（北京时间）').fill('2199-01-01 00:00')
  await ask.getByRole('button', { name: '试算' }).click()
  await expect(ask.getByRole('status')).toContainText('不行')
  await shot(page, 'whatif')
})

test('one byte of a request is changed: its signature tells, and both answers stand side by side', async ({ page, server, stock }) => {
  const code = await send(server, stock, 'byte-1')
  await server.favord('coupons', 'use', stock, code, 'byte-use')
  await page.goto('/dev/requests')
  await page.locator('a.line').first().click()
  await page.getByRole('navigation', { name: '请求的各部分' }).getByRole('link', { name: '重放' }).click()
  await page.getByRole('button', { name: '原样重放' }).click()
  await expect(page.locator('.result')).toContainText('只生效一次')
  const grid = page.getByRole('grid', { name: '包体' })
  await grid.getByRole('gridcell').first().click()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.getByLabel('改成').fill('X')
  await page.getByRole('button', { name: '改动后重放' }).click()
  await expect(page.locator('.result')).toContainText('签名发现了改动')
  await expect(page.locator('.result .columns, .result .sentence').first()).toBeVisible()
  await shots(page, 'replay')
  await page.locator('label', { hasText: '重新签名' }).click()
  await page.getByRole('button', { name: '改动后重放' }).click()
  await expect(page.locator('.result')).toContainText('应答不同了')
  await page.getByRole('link', { name: '打开这次的请求' }).click()
  await expect(page.locator('.detail')).toContainText('400')
})

test('what is done is recorded, and the file does it again elsewhere', async ({ page, server, stock }) => {
  await page.goto('/dev/requests')
  await page.getByRole('button', { name: '开始录制' }).click()
  await expect(page.getByRole('banner').getByRole('button', { name: '结束录制' })).toBeVisible()
  const code = await send(server, stock, 'record-1')
  const manage = (path: string, body: object) => fetch(`${server.environment.manage_url}/manage/v1/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  expect((await manage('faults', { kind: 'ERROR', operation: 'busifavor.coupons.use', code: 'SYSTEM_ERROR', count: 1 })).status).toBeLessThan(300)
  await server.favord('coupons', 'use', stock, code, 'record-use') // it is made again after the error
  expect((await manage('clock', { action: 'ADVANCE', seconds: 3600 })).status).toBeLessThan(300)
  await server.refused('coupons', 'use', stock, code, 'record-again')
  await manage('clock', { action: 'RESUME' })
  await page.goto('/stocks')
  await page.getByRole('banner').getByRole('button', { name: '结束录制' }).click()
  await expect(page).toHaveURL(/\/dev\/scenario\?.*until=/)
  await expect(page.locator('pre')).toContainText('${coupon_code}')
  await expect(page.locator('pre')).toContainText(/- fault:\s+kind: ERROR[^]*- clock:\s+advance: 1h0m0s[^]*- clock:\s+resume: true/)
  await expect(page.getByRole('heading', { name: /调用/ })).toContainText('3 次时间调整或故障设置')
  await shots(page, 'scenario')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载' }).click()])
  const path = join(server.dir, file.suggestedFilename())
  await file.saveAs(path)
  expect(path).toMatch(/recorded\.yaml$/)
  const other = await sandbox()
  try {
    expect(await other.favord('scenario', 'run', path)).toContain('busifavor.coupons.use')
  } finally {
    await other.stop()
  }
})

test('everything stored is proved, with figures', async ({ page, server, stock }) => {
  await send(server, stock, 'prove-1')
  await page.goto('/proof')
  await page.getByRole('button', { name: '开始检查' }).click()
  await expect(page.getByRole('status').filter({ hasText: '全部一致' })).toBeVisible({ timeout: 20_000 })
  await expect(page.locator('li').filter({ hasText: '✓批次的发放计数与实际发放一致' })).toBeVisible()
  await expect(page.locator('main')).toContainText(/核对 [\d,]+ 行次/)
  await shots(page, 'proof')
})

test('a call is made dry: its answer is there, and nothing changed', async ({ page, server, stock }) => {
  const code = await send(server, stock, 'dry-1')
  await page.goto('/dev/api/busifavor.coupons.use')
  const body = JSON.stringify({ coupon_code: code, stock_id: stock, appid: server.environment.appid, use_time: new Date().toISOString().slice(0, 19) + '+00:00', use_request_no: 'dry-use' })
  await page.locator('form textarea').fill(body)
  await page.locator('label', { hasText: '仅试运行' }).click()
  await page.getByRole('button', { name: `以 ${server.environment.mchid} 身份调用` }).click()
  await expect(page.locator('main')).toContainText('试运行：什么也没有改变')
  await expect(page.locator('pre')).toContainText('wechatpay_use_time')
  expect(await server.favord('coupons', 'show', stock, code)).toContain('SENDED')
})
