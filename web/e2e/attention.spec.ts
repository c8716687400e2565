import { call, makeStock } from './make'
import { expect, test } from './sandbox'

test.use({ own: 'attention' })

test('what needs somebody is on the overview, and leads to where it is seen to', async ({ page, server }) => {
  await page.goto('/')
  await expect(page.getByText('没有需要处理的事项')).toBeVisible()
  const few = await makeStock(server, '快发完的券', { max_coupons: 10 })
  for (let i = 0; i < 9; i++) await server.favord('coupons', 'send', few, `few-${i}`)
  const codes = await makeStock(server, '码不够的券', { max_coupons: 100 }, { coupon_code_mode: 'MERCHANT_UPLOAD' })
  await makeStock(server, '明天结束的券', { max_coupons: 100 }, {}, 1)
  await call(server, 'POST', `/v3/marketing/busifavor/stocks/${codes}/couponcodes`, { coupon_code_list: ['ONLY-1'], upload_request_no: 'only-1' })
  await server.favord('coupons', 'send', codes, 'only')
  const list = page.getByRole('region', { name: '需要处理' })
  await expect(async () => {
    await page.reload()
    await expect(list.locator('li')).toHaveCount(3, { timeout: 1000 })
  }).toPass()
  await expect(list.locator('li').nth(0)).toContainText('「码不够的券」的预存 code 已用完')
  await expect(list.locator('li').nth(1)).toContainText('「快发完的券」还剩 1 张，共 10 张')
  await expect(list.locator('li').nth(2)).toContainText('还有 100 张未发')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/attention.png`, fullPage: true })
  await list.getByRole('link', { name: /快发完/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('快发完的券')
  await page.goBack()
  await list.getByRole('link', { name: /码不够/ }).click()
  await expect(page).toHaveURL(new RegExp(`/stocks/${codes}/codes`))
  await page.goto('/?mchid=1900000999&lang=en')
  await expect(page.getByText('Nothing needs attention')).toBeVisible()
})

test('the rows stay readable on a telephone, at night', async ({ page, server }) => {
  await makeStock(server, '名字很长很长的一批优惠券放在窄屏上', { max_coupons: 100 }, {}, 2)
  await page.setViewportSize({ width: 390, height: 860 })
  await page.emulateMedia({ colorScheme: 'dark' })
  const list = page.getByRole('region', { name: 'Needs attention' })
  await expect(async () => {
    await page.goto('/?lang=en')
    await expect(list).toContainText('名字很长很长', { timeout: 1000 })
  }).toPass()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/attention-390.png`, fullPage: true })
})
