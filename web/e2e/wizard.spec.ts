import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './sandbox'

test.use({ own: 'wizard' })

/** Begins a stock of a kind and leads to a field's step. */
async function begin(page: Page, kind: string): Promise<void> {
  await page.goto('/stocks/new')
  await page.getByRole('button', { name: kind }).click()
  await expect(page).toHaveURL(/\/stocks\/new\/\w+$/)
}

const preview = (page: Page) => page.frameLocator('iframe.front')

/** Goes on to the end and creates; returns the body that the page showed before. */
async function create(page: Page): Promise<string> {
  await page.getByRole('navigation', { name: '步骤' }).getByRole('link', { name: '确认' }).click()
  await expect(page.getByText('没有问题，可以创建。')).toBeVisible()
  const shown = await page.locator('pre').textContent()
  await page.getByRole('button', { name: '创建', exact: true }).click()
  await expect(page).toHaveURL(/\/stocks\/\d+/)
  return shown ?? ''
}

test('a stock of coupons is created as it was shown, and its problems stand at their fields', async ({ page, server }) => {
  const steps = page.getByRole('navigation', { name: '步骤' })
  await begin(page, '满减券')
  const name = page.getByLabel('批次名称')
  await name.fill('一二三四五六七八九十一二三四五六七八九十一二')
  await name.blur()
  await expect(page.getByText('字符数 22，大于最大值 21', { exact: true })).toBeVisible()
  await name.fill('晚餐立减')
  await page.getByLabel('适用商品范围').fill('全场菜品')
  await page.getByLabel('优惠金额（元）').fill('12.5')
  await expect(preview(page).getByText('晚餐立减')).toBeVisible()
  await expect(preview(page).locator('.figure')).toContainText('12.5')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByLabel('领取后几天生效').fill('2')
  await page.getByLabel('领取后几天生效').blur()
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(steps.getByRole('link', { name: /时间/ })).toContainText('1 处待改')
  await steps.getByRole('link', { name: /时间/ }).click()
  await page.getByLabel('生效后几天内有效').fill('7')
  // A coupon that is received when the stock begins waits for two days and is good for seven.
  const calendar = page.getByRole('region', { name: '可用日历' })
  await expect(calendar.getByText('共 7 天可用')).toBeVisible()
  await page.getByRole('group', { name: '每周可用' }).getByRole('checkbox', { name: '六', exact: true }).check()
  await page.getByRole('group', { name: '每周可用' }).getByRole('checkbox', { name: '日', exact: true }).check()
  await expect(calendar.getByText('共 2 天可用')).toBeVisible()
  await expect(calendar.getByRole('button', { name: /全天可用/ })).toHaveCount(2)
  await calendar.getByRole('button', { name: /全天可用/ }).first().click()
  await expect(calendar.getByText(/^假设 .* 领取/)).toBeVisible()
  await expect(calendar.getByText('共 2 天可用')).toBeVisible()
  await expect(preview(page).locator('h1')).toHaveText('晚餐立减')
  if (process.env.SHOTS) {
    await page.screenshot({ path: `${process.env.SHOTS}/wizard.png`, fullPage: true })
    await page.setViewportSize({ width: 390, height: 860 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.screenshot({ path: `${process.env.SHOTS}/wizard-390.png`, fullPage: true })
    await page.setViewportSize({ width: 1280, height: 860 })
    await page.emulateMedia({ colorScheme: 'light' })
  }
  // No script runs in the frame of the preview, not even axe's.
  const report = await new AxeBuilder({ page }).exclude('iframe').withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => node.target).join(' | ')}`)).toEqual([])
  await page.reload()
  await expect(page.getByLabel('生效后几天内有效'), 'a draft outlives the page').toHaveValue('7')
  await create(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('晚餐立减')
  const id = /stocks\/(\d+)/.exec(page.url())![1]!
  const made = await server.favord('get', `/v3/marketing/busifavor/stocks/${id}`)
  expect(made).toContain('"discount_amount": 1250')
  expect(made).toContain('"available_day_after_receive": 7')
  await page.getByRole('button', { name: '复制新建' }).click()
  await expect(page.getByLabel('批次名称')).toHaveValue('晚餐立减')
  await create(page)
  expect(page.url()).not.toContain(id)
})

for (const [kind, fill] of [
  ['折扣券', async (page: Page) => page.getByLabel('折后支付比例').fill('75')],
  ['换购券', async (page: Page) => page.getByLabel('换购价（元）').fill('9.9')],
] as const)
  test(`a ${kind} is created`, async ({ page }) => {
    await begin(page, kind)
    await page.getByLabel('批次名称').fill(`新${kind}`)
    await page.getByLabel('适用商品范围').fill('全场')
    await fill(page)
    await create(page)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`新${kind}`)
  })

for (const kind of ['预充值代金券', '免充值代金券'])
  test(`a ${kind} is created with the budget that its numbers make, and started`, async ({ page, server }) => {
    await begin(page, kind)
    await page.getByLabel('批次名称').fill('午间立减')
    await page.getByLabel('面额（元）').fill('8')
    await expect(preview(page).getByText('午间立减')).toBeVisible()
    const shown = await create(page)
    expect(shown).toContain('"max_amount":80000')
    const id = /stocks\/(\d+)/.exec(page.url())![1]!
    expect(await server.favord('get', `/v3/marketing/favor/stocks/${id}?stock_creator_mchid=${server.environment.mchid}`)).toContain('"status": "running"')
  })

test('a press of Next counts although what is wrong moves the button, and what is wrong at the end leads to its field', async ({ page }) => {
  const steps = page.getByRole('navigation', { name: '步骤' })
  await begin(page, '满减券')
  const name = page.getByLabel('批次名称')
  await page.getByLabel('优惠金额（元）').fill('5.005')
  await page.getByLabel('优惠金额（元）').blur()
  await expect(page.getByText('请输入金额（元），最多两位小数')).toBeVisible()
  await page.getByLabel('优惠金额（元）').fill('5')
  await name.fill('一二三四五六七八九十一二三四五六七八九十一二')
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(steps.getByRole('link', { name: /时间/ })).toHaveAttribute('aria-current', 'step')
  await steps.getByRole('link', { name: /确认/ }).click()
  const problems = page.getByRole('status').filter({ hasText: '批次名称' })
  await problems.getByRole('button', { name: '批次名称' }).click()
  await expect(name).toBeFocused()
  await expect(page.getByText('字符数 22，大于最大值 21', { exact: true })).toBeVisible()
})

test('what hardly anybody means is questioned, and everything is read once more before it is created', async ({ page }) => {
  const steps = page.getByRole('navigation', { name: '步骤' })
  await begin(page, '折扣券')
  await page.getByLabel('批次名称').fill('九折')
  await page.getByLabel('适用商品范围').fill('全场')
  const percent = page.getByLabel('折后支付比例')
  await percent.fill('10')
  await expect(page.getByText('用户只付原价的 10%，也就是优惠 90%。若想优惠 10%，请填 90')).toBeVisible()
  await steps.getByRole('link', { name: /确认/ }).click()
  await expect(page.getByText('没有问题，可以创建。')).toBeVisible()
  const doubts = page.getByRole('status').filter({ hasText: '请再看一眼' })
  const benefit = page.getByRole('region', { name: /优惠/ })
  await expect(benefit).toContainText('10%')
  await doubts.getByRole('button', { name: '折后支付比例' }).click()
  await expect(percent).toBeFocused()
  await percent.fill('90')
  await steps.getByRole('link', { name: /确认/ }).click()
  await expect(benefit).toContainText('90%')
  await expect(doubts).toHaveCount(0)
  await page.getByRole('region', { name: /发放/ }).getByRole('button', { name: /修改/ }).click()
  await expect(page.getByLabel('发放总数（张）')).toBeFocused()
})

test('how a voucher may be paid for is chosen, not typed', async ({ page, server }) => {
  await begin(page, '预充值代金券')
  await page.getByLabel('批次名称').fill('小程序专享')
  await page.getByRole('navigation', { name: '步骤' }).getByRole('link', { name: '发放' }).click()
  const ways = page.getByRole('group', { name: '支付方式' })
  await ways.getByRole('checkbox', { name: '刷卡支付' }).check()
  await ways.getByRole('checkbox', { name: '小程序支付' }).check()
  await create(page)
  const id = /stocks\/(\d+)/.exec(page.url())![1]!
  expect(await server.favord('get', `/v3/marketing/favor/stocks/${id}?stock_creator_mchid=${server.environment.mchid}`)).toMatch(/"trade_type": \[\s*"MICROAPP",\s*"CARD"\s*\]/)
})
