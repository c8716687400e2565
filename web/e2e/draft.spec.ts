import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test, type Server } from './sandbox'

test.use({ own: 'draft' })

interface Kept {
  draft_id: string
  version: number
  title?: string
  body: string
  mchid: string
  operation: string
}
const at = (server: Server, id: string) => `${server.environment.manage_url}/manage/v1/drafts/${id}`
const read = async (server: Server, id: string) => (await (await fetch(at(server, id))).json()) as Kept

/** What a colleague does: saves over the version that is there. */
async function colleague(server: Server, id: string, body: object): Promise<void> {
  const kept = await read(server, id)
  const next = { mchid: kept.mchid, operation: kept.operation, version: kept.version, body: JSON.stringify({ ...JSON.parse(kept.body), ...body }) }
  const got = await fetch(at(server, id), { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(next) })
  expect(got.status).toBe(200)
}

/** Begins a draft and returns its id. */
async function begin(page: Page, name: string): Promise<string> {
  await page.goto('/stocks/new')
  await page.getByRole('button', { name: '满减券' }).click()
  await page.getByLabel('批次名称').fill(name)
  await expect(page.getByText(/已保存 .* · 第 \d+ 版/)).toBeVisible()
  return /new\/(\w+)/.exec(page.url())![1]!
}

async function shot(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return
  await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true })
  await page.setViewportSize({ width: 390, height: 860 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.screenshot({ path: `${process.env.SHOTS}/${name}-390-dark.png`, fullPage: true })
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.emulateMedia({ colorScheme: 'light' })
}

async function accessible(page: Page): Promise<void> {
  const report = await new AxeBuilder({ page }).exclude('iframe').withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => node.target).join(' | ')}`)).toEqual([])
}

test('a draft is on the server: another browser goes on with it, copies and discards it, and that is undone', async ({ page, browser, server, baseURL }) => {
  const id = await begin(page, '同事接着写')
  await page.getByLabel('草稿标题（可不填）').fill('双十二')
  await expect.poll(async () => (await read(server, id)).title).toBe('双十二')

  const other = await (await browser.newContext({ baseURL, locale: 'zh-CN' })).newPage()
  await other.goto('/stocks/new')
  const row = other.getByRole('row', { name: /双十二/ })
  await expect(row).toContainText('满减券')
  await row.getByRole('link', { name: '双十二' }).click()
  await expect(other.getByLabel('批次名称')).toHaveValue('同事接着写')
  await other.getByRole('button', { name: '复制新建' }).click()
  await expect(other.getByLabel('草稿标题（可不填）')).toHaveValue('双十二 副本')
  await expect(other.getByText(/已保存/)).toBeVisible()
  expect(other.url()).not.toContain(id)
  await other.goto('/stocks/new')
  await expect(other.getByRole('row', { name: /双十二/ })).toHaveCount(2)
  await accessible(other)
  await shot(other, 'drafts')
  await other.goto(`/stocks/new/${id}`)
  await other.getByRole('button', { name: '删除草稿' }).click()
  await expect(other.getByText('已删除草稿「双十二」')).toBeVisible()
  await expect(other.getByRole('row', { name: /双十二/ })).toHaveCount(1)
  expect((await fetch(at(server, id))).status).toBe(404)
  await other.getByRole('button', { name: '撤销' }).click()
  await expect(other.getByLabel('批次名称')).toHaveValue('同事接着写')
  await other.context().close()
})

test('what a colleague changed meanwhile is shown beside what was typed, and both are kept', async ({ page, server }) => {
  const id = await begin(page, '两人同改')
  await page.getByLabel('优惠金额（元）').fill('8')
  await expect.poll(async () => JSON.parse((await read(server, id)).body).coupon_use_rule.fixed_normal_coupon.discount_amount as number).toBe(800)
  await colleague(server, id, { stock_name: '同事的名称', goods_name: '饮料' })
  await page.getByLabel('批次名称').fill('我的名称')
  await expect(page.getByText('你编写期间，这份草稿被别人改过')).toBeVisible()
  await expect(page.getByText(/最近一次变更：operator/)).toBeVisible()
  const rows = page.locator('tbody tr')
  await expect(rows).toHaveCount(2)
  await expect(rows.nth(0)).toContainText(/批次名称\s*两人同改\s*同事的名称\s*我的名称/)
  await expect(rows.nth(1)).toContainText(/适用商品范围\s*–\s*饮料\s*未改动/)
  await accessible(page)
  await shot(page, 'draft-conflict')
  await page.getByRole('button', { name: '仍然保存我的修改' }).click()
  await expect(page.getByLabel('适用商品范围')).toHaveValue('饮料')
  await expect.poll(async () => JSON.parse((await read(server, id)).body).stock_name as string).toBe('我的名称')

  await colleague(server, id, { goods_name: '甜品' })
  await page.getByLabel('批次名称').fill('又一个')
  await expect(rows).toHaveCount(1)
  await page.getByRole('button', { name: '放弃我的修改' }).click()
  await expect(page.getByLabel('批次名称')).toHaveValue('我的名称')
  await expect(page.getByLabel('适用商品范围')).toHaveValue('甜品')
})

test('an expired session and a server that is away keep what was typed, and it is saved afterwards', async ({ page, server }) => {
  const id = await begin(page, '会话过期')
  await page.route('**/manage/v1/drafts/*', (route) => route.fulfill({ status: 401, contentType: 'application/json', body: '{"code":"UNAUTHENTICATED","message":"请登录"}' }))
  await page.getByLabel('适用商品范围').fill('过期前写下的')
  await expect(page.getByRole('heading', { name: '登录' })).toBeVisible()
  await page.unroute('**/manage/v1/drafts/*')
  await page.goto('/stocks/new')
  await expect(page.getByText('有改动仅在本浏览器')).toBeVisible()
  await page.goto(`/stocks/new/${id}`)
  await expect(page.getByLabel('适用商品范围')).toHaveValue('过期前写下的')
  await expect.poll(async () => JSON.parse((await read(server, id)).body).goods_name as string).toBe('过期前写下的')

  await page.route('**/manage/v1/drafts/*', (route) => route.abort())
  await page.getByLabel('适用商品范围').fill('断网时写下的')
  await expect(page.getByText(/已存在本浏览器 .*，尚未传到服务器/)).toBeVisible()
  await page.unroute('**/manage/v1/drafts/*')
  await expect.poll(async () => JSON.parse((await read(server, id)).body).goods_name as string, { timeout: 15_000 }).toBe('断网时写下的')
})

test('what somebody discarded meanwhile can be saved as a new draft', async ({ page, server }) => {
  const id = await begin(page, '被删的草稿')
  await fetch(at(server, id), { method: 'DELETE' })
  await page.getByLabel('适用商品范围').fill('还在')
  await expect(page.getByText(/这份草稿已被别人删除/)).toBeVisible()
  await page.getByRole('button', { name: '另存为新草稿' }).click()
  await expect(page.getByText(/已保存 .* · 第 1 版/)).toBeVisible()
  await expect(page.getByLabel('适用商品范围')).toHaveValue('还在')
  expect(page.url()).not.toContain(id)
})

for (const [kind, rules] of [
  ['满减券', ['发放权限', '批次时间', '批次状态', '可疑账号', '每人限领', '单日上限', '发放总数']],
  ['免充值代金券', ['发放权限', '批次状态', '批次时间', '可疑账号', '每人限领', '单日上限', '发放总数']],
] as const)
  test(`a draft of ${kind} says who could claim, rule by rule`, async ({ page, server }) => {
    await page.goto('/stocks/new')
    await page.getByRole('button', { name: kind }).click()
    await page.getByLabel('批次名称').fill('先试算')
    await page.getByRole('navigation', { name: '步骤' }).getByRole('link', { name: '发放' }).click()
    const ask = page.getByRole('region', { name: '试算' })
    await ask.getByLabel('用户 openid').fill(`${server.environment.openid} oUpF8uMuAJO_M2pxb1Q9zNjWeS6p`)
    await ask.getByRole('button', { name: '试算' }).click()
    await expect(ask.getByRole('article')).toHaveCount(2)
    await expect(ask.getByRole('article').first()).toContainText('可以')
    for (const rule of rules) await expect(ask.getByRole('article').first()).toContainText(rule)
    await ask.getByLabel('时间（北京时间）').fill('2199-01-01 00:00')
    await ask.getByRole('button', { name: '试算' }).click()
    await expect(ask.getByRole('article').first()).toContainText('不行')
    await expect(ask.getByRole('listitem').filter({ hasText: '不通过' }).first()).toContainText('批次时间')
    await page.getByRole('heading', { level: 1 }).click() // no button is hovered
    await expect(ask.locator('.is-loading')).toHaveCount(0)
    await accessible(page)
    await shot(page, `whatif-draft-${rules.indexOf('批次时间')}`)
  })
