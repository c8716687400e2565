import { createServer, type Server as Receiver } from 'node:http'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { call } from './make'
import { expect, sandbox, test, type Server } from './sandbox'

test.use({ own: 'moments' })

/** A picture for whoever judges the pages. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true })
}

/** Two pictures: light and wide, dark and narrow in English. */
async function shots(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return
  await shot(page, name)
  await page.setViewportSize({ width: 390, height: 860 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await shot(page, `${name}-390-dark`)
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.emulateMedia({ colorScheme: 'light' })
}

async function send(server: Server, stock: string, number: string): Promise<string> {
  return /"coupon_code": *"([^"]+)"/.exec(await server.favord('coupons', 'send', stock, number, '-o', 'json'))![1]!
}

async function receiver(status: number): Promise<{ url: string; close: () => Receiver }> {
  const server = createServer((request, response) => request.resume().on('end', () => response.writeHead(status).end()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/notify`, close: () => server.close() }
}

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

test('the clock is moved along the life of a coupon by keys, after it is said what that does, and back', async ({ page, server, stock }) => {
  const code = await send(server, stock, 'life-1')
  await server.favord('coupons', 'use', stock, code, 'life-use')
  await server.favord('coupons', 'return', stock, code, 'life-return')
  await page.goto(`/coupons/${stock}/${code}`)
  const life = page.getByRole('region', { name: '经历' })
  await expect(life.locator('ol.life > li')).toHaveCount(5)
  await expect(life).toContainText('life-return')
  await life.getByRole('link', { name: '查看请求' }).first().click()
  await expect(page).toHaveURL(/\/dev\/requests\/08/)
  await page.goBack()
  const hand = life.getByRole('slider', { name: '业务时间' })
  await hand.focus()
  await page.keyboard.press('PageUp')
  await expect(life.getByRole('group', { name: '将要调整的业务时间' })).toContainText('前进')
  await expect(life.getByRole('status')).toContainText('那时可以核销这张券')
  await page.keyboard.press('Escape')
  await expect(life.getByRole('group')).toBeHidden()
  await life.getByRole('button', { name: '失效后 1 秒' }).click()
  await expect(life.getByRole('status')).toContainText('那时不能核销')
  await expect(life.getByRole('group')).toContainText('过期')
  await shots(page, 'life')
  expect(await server.favord('clock', 'show'), 'nothing moved yet').toContain('REAL')
  await life.getByRole('button', { name: '调到这个时刻' }).click()
  await expect(page.locator('.page, main').first()).toContainText('已过期')
  expect(await server.favord('coupons', 'show', stock, code)).toContain('EXPIRED')
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.locator('main .chip', { hasText: '可用' }).first()).toBeVisible()
  expect(await server.favord('clock', 'show')).toContain('REAL')
})

test('the clock is dragged with the mouse', async ({ page, server, stock }) => {
  const code = await send(server, stock, 'drag-1')
  await page.goto(`/coupons/${stock}/${code}`)
  const track = page.locator('.track')
  await track.scrollIntoViewIfNeeded()
  const box = (await track.boundingBox())!
  const hand = (await page.getByRole('slider').boundingBox())!
  await page.mouse.move(hand.x, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.99, box.y + 40, { steps: 5 })
  await page.mouse.up()
  const proposal = page.getByRole('group', { name: '将要调整的业务时间' })
  await expect(proposal).toContainText('途经')
  await page.getByRole('button', { name: '取消' }).click()
  await expect(proposal).toBeHidden()
})

test('the clock is dragged past the end of a coupon: page, API and card pack call it expired, until that is undone', async ({ page, context, server, stock }) => {
  const code = await send(server, stock, 'drag-2')
  const { appid, openid, api_url } = server.environment
  const pack = await context.newPage()
  const inPack = async () => {
    await pack.goto(`${api_url}/wallet?appid=${appid}&openid=${openid}`)
    return pack.locator(`a.row[href*="${code}"] .badge`).innerText()
  }
  expect(await inPack()).toBe('可使用')
  await page.goto(`/coupons/${stock}/${code}`)
  const track = page.locator('.track')
  await track.scrollIntoViewIfNeeded()
  const box = (await track.boundingBox())!
  const hand = (await page.getByRole('slider').boundingBox())!
  await page.mouse.move(hand.x + hand.width / 2, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 2, box.y + 40, { steps: 8 })
  await page.mouse.up()
  await expect(page.getByRole('group', { name: '将要调整的业务时间' })).toContainText('过期')
  await page.getByRole('button', { name: '调到这个时刻' }).click()
  await expect(page.locator('main .chip', { hasText: '已过期' }).first()).toBeVisible()
  expect(await server.favord('coupons', 'show', stock, code)).toContain('EXPIRED')
  expect(await inPack()).toBe('已过期')
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.locator('main .chip', { hasText: '可用' }).first()).toBeVisible()
  expect(await server.favord('coupons', 'show', stock, code)).not.toContain('EXPIRED')
  expect(await inPack()).toBe('可使用')
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

test('forged callbacks convict a careless receiver and acquit nobody who refuses everything', async ({ page, server, stock }) => {
  const careless = await receiver(204)
  const strict = await receiver(401)
  try {
    await server.favord('callbacks', 'set', careless.url)
    await send(server, stock, 'forge-1')
    await page.goto('/dev/callbacks')
    await page.getByRole('link', { name: 'COUPON.SEND' }).first().click()
    const forge = page.getByRole('region', { name: '攻击自己的接收端' })
    await forge.getByRole('button', { name: '发送伪造通知' }).click()
    await expect(forge.getByRole('status')).toContainText('接收端接受了 6 个伪造的通知')
    await expect(forge.locator('tbody tr')).toHaveCount(8)
    await shots(page, 'forge')
    await server.favord('callbacks', 'set', strict.url)
    await forge.getByRole('button', { name: '再试一次' }).click()
    await expect(forge.getByRole('status')).toContainText('说明不了什么')
  } finally {
    careless.close()
    strict.close()
  }
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
