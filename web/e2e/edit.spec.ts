import AxeBuilder from '@axe-core/playwright'
import { call, makeStock } from './make'
import { expect, test } from './sandbox'

test.use({ own: 'edit' })

test('a stock is changed, and what somebody else changed meanwhile is shown', async ({ page, server }) => {
  const stock = await makeStock(server, '可改的券', { max_coupons: 100 }, { comment: '原来' })
  const target = `/v3/marketing/busifavor/stocks/${stock}`
  const dialog = page.getByRole('dialog')
  await page.goto(`/stocks/${stock}`)
  await page.getByRole('button', { name: '修改', exact: true }).click()
  await dialog.getByLabel('发放总数').fill('0')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByRole('alert')).toHaveText('「发放总数」须为正整数。')
  await dialog.getByLabel('发放总数').fill('200')
  await dialog.getByLabel('单日发放上限').fill('50')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('批次已修改')).toBeVisible()
  expect(await server.favord('get', target)).toMatch(/"max_coupons": 200,[^}]*"max_coupons_by_day": 50/s)

  await page.getByRole('button', { name: '修改', exact: true }).click()
  await dialog.getByLabel('发放总数').fill('300')
  await dialog.getByLabel('批次备注').fill('我的')
  await call(server, 'PATCH', `${target}/budget`, { target_max_coupons: 250, current_max_coupons: 200, modify_budget_request_no: 'other-1' })
  await call(server, 'PATCH', target, { goods_name: '饮料', out_request_no: 'other-2' })
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByText('你修改期间，这个批次被别人改过')).toBeVisible()
  await expect(dialog.getByText(/最近一次变更/)).toBeVisible()
  const rows = dialog.locator('tbody tr')
  await expect(rows).toHaveCount(2)
  await expect(rows.nth(0)).toContainText(/发放总数\s*200\s*250\s*300/)
  await expect(rows.nth(1)).toContainText(/适用商品范围\s*全场\s*饮料\s*未改动/)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/edit.png` })
  const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => node.target).join(' | ')}`)).toEqual([])
  await dialog.getByRole('button', { name: '仍然保存我的修改' }).click()
  await expect(dialog).toBeHidden()
  const now = await server.favord('get', target)
  for (const part of ['"max_coupons": 300', '"goods_name": "饮料"', '"comment": "我的"']) expect(now).toContain(part)
})
