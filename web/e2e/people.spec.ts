import { createHmac } from 'node:crypto'
import { expect, test } from './sandbox'

test.use({ own: 'people' })

/** The code that an authenticator with this secret shows (RFC 6238). */
function code(secret: string, at: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => parseInt(b, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac('sha1', key).update(step).digest()
  const offset = mac[19]! & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('an invited admin chooses a password, sets up an authenticator and makes a token', async ({ page, server }) => {
  const link = (await server.favord('operators', 'add', 'alice', '--role', 'admin', '--display', 'Alice')).trim()
  await page.goto(link)
  await page.getByLabel('密码（至少12个字符）').fill('a sentence for alice')
  await page.getByLabel('再次输入密码').fill('another sentence')
  await page.getByRole('button', { name: '保存并登录' }).click()
  await expect(page.getByRole('alert')).toHaveText('两次输入的密码不一致')
  await page.getByLabel('再次输入密码').fill('a sentence for alice')
  await page.getByRole('button', { name: '保存并登录' }).click()
  await expect(page).toHaveURL(/\/account$/)
  await page.getByRole('button', { name: '开始绑定' }).click()
  const secret = (await page.locator('form code').first().textContent()) ?? ''
  await page.getByLabel('验证码').fill(code(secret, Date.now()))
  await page.getByRole('button', { name: '启用' }).click()
  await expect(page.locator('.codes li')).toHaveCount(10)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/account.png`, fullPage: true })

  await page.getByRole('link', { name: '人员' }).click()
  await expect(page.locator('table.list').first()).toContainText('alice')
  await page.getByRole('button', { name: '创建令牌' }).click()
  await page.getByLabel('名称').fill('ci')
  await page.getByLabel('查看').check()
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText(/favord_[A-Za-z0-9_-]{43}/)).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/people.png`, fullPage: true })
  await page.keyboard.press('Escape')
  await expect(page.locator('table.list').nth(1)).toContainText('ci')
  if (process.env.SHOTS) {
    await page.setViewportSize({ width: 390, height: 860 })
    await page.getByRole('button', { name: 'EN', exact: true }).click()
    await page.getByRole('button', { name: 'Switch to dark' }).click()
    await page.screenshot({ path: `${process.env.SHOTS}/people-390.png`, fullPage: true })
  }
})
