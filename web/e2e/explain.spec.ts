import { createSign, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Server } from './sandbox'

test.use({ own: 'explain' })

interface Mistake {
  name: string
  method: string
  target: string
  body: string
  /** What was signed, with {timestamp} and {nonce}. */
  message: string
  cause: string
  zh: string
  en: string
  byte: number
}

/** The tests of the Go package read the same file. */
const mistakes = JSON.parse(readFileSync(join(import.meta.dirname, '../../internal/sandbox/explain/testdata/mistakes.json'), 'utf8')) as Mistake[]

/** The request as a program would have sent it that signed the wrong message. */
function requestOf(m: Mistake, server: Server): string {
  const { mchid, serial_no, private_key_file } = server.environment
  const timestamp = String(Math.floor(Date.now() / 1000))
  const nonce = randomBytes(16).toString('hex').toUpperCase()
  const message = m.message.replace('{timestamp}', timestamp).replace('{nonce}', nonce)
  const signature = createSign('sha256').update(message).sign(readFileSync(private_key_file, 'utf8'), 'base64')
  const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serial_no}"`
  return `${m.method} ${m.target} HTTP/1.1\nHost: api.mch.weixin.qq.com\nAccept: */*\nUser-Agent: test\nContent-Type: application/json\nAuthorization: ${authorization}\n\n${m.body}`
}

for (const [language, ask, tag] of [['zh', '诊断', ''], ['en', 'Explain', ' @full']] as const)
  test(`each of the usual mistakes is named with its byte, in ${language}${tag}`, async ({ page, server }) => {
    expect(mistakes).toHaveLength(12)
    await page.goto(`/dev/explain?lang=${language}`)
    const pasted = page.locator('form textarea').first()
    for (const m of mistakes)
      await test.step(m.name, async () => {
        await pasted.fill(requestOf(m, server))
        await page.locator('form').getByRole('button', { name: ask, exact: true }).click()
        await expect(page.locator('.cause')).toHaveText(m.cause)
        await expect(page.locator('.sentence')).toContainText(language === 'zh' ? m.zh : m.en)
        await expect(page.locator('.sentence + p')).toContainText(new RegExp(`\\b${m.byte}\\b`))
        await expect(page.locator('pre mark').first()).toBeVisible()
      })
  })
