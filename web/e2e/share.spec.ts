import AxeBuilder from '@axe-core/playwright'
import { makeStock } from './make'
import { expect, test } from './sandbox'

test.use({ own: 'share' })

test('a stock is shared by a link and a code, and its user claims by it', async ({ page, server, context }) => {
  const stock = await makeStock(server, '分享的券', { max_coupons: 100 })
  const dialog = page.getByRole('dialog')
  await page.goto(`/stocks/${stock}`)
  await page.getByRole('button', { name: '分享领券' }).click()
  await dialog.getByLabel('用户的openid').fill('')
  await dialog.getByRole('button', { name: '生成链接' }).click()
  await expect(dialog.getByRole('alert')).toHaveText('请填写用户的openid')
  await dialog.getByLabel('用户的openid').fill('oShareShareShareShareShare01')
  await dialog.getByRole('button', { name: '生成链接' }).click()
  await expect(dialog.getByRole('img', { name: '领券链接的二维码' })).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/share.png` })
  const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => node.target).join(' | ')}`)).toEqual([])

  const opened = context.waitForEvent('page')
  await dialog.getByRole('link', { name: '打开领券页' }).click()
  const claim = await opened
  await expect(claim.getByText('分享的券').first()).toBeVisible()
  await claim.getByRole('button').first().click()
  await expect.poll(async () => server.favord('get', `/v3/marketing/busifavor/stocks/${stock}`)).toContain('"total_send_num": 1')
})
