import type { Locator, Page, Response } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './sandbox'

test.use({ own: 'rules' })

/** What the validator says of a value: written by the tests of the API's declarations. */
interface Verdict {
  operation: string
  path: string
  value: unknown
  times?: number
  good: boolean
}
const verdicts = JSON.parse(readFileSync(join(import.meta.dirname, '../../wire/openapi/testdata/golden.json'), 'utf8')) as Verdict[]
const whole = (v: Verdict): unknown => (v.times ? String(v.value).repeat(v.times) : v.value)

/** How a person types a value: fen are typed in yuan, lists one below the other. */
function typed(value: unknown, yuan: boolean): string {
  if (Array.isArray(value)) return value.join('\n')
  return yuan ? (Number(value) / 100).toFixed(2) : String(value)
}

interface Problem {
  field?: string
  text_zh: string
}
const at = (body: unknown, path: string) => path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], body)

/** A field on the page that is typed into. */
interface Typed {
  path: string
  line: Locator
  input: Locator
  yuan: boolean
  verdicts: Verdict[]
}

async function fieldsOf(page: Page, operation: string): Promise<Typed[]> {
  const all: Typed[] = []
  for (const line of await page.locator('[data-field]').all()) {
    const path = (await line.getAttribute('data-field'))!
    const input = line.locator('input[type=text], textarea').first()
    const about = verdicts.filter((v) => v.operation === operation && v.path === path)
    if (about.length > 0 && (await input.count()) > 0) all.push({ path, line, input, yuan: (await line.locator('.unit', { hasText: '¥' }).count()) > 0, verdicts: about })
  }
  return all
}

/** Types the nth value of every field; returns what the server said of the body that came of it. */
async function round(page: Page, fields: Typed[], n: number): Promise<Problem[]> {
  const now = fields.filter((f) => f.verdicts[n])
  const asked = page.waitForResponse((r: Response) => {
    if (!r.url().endsWith('/drafts/check')) return false
    const body = JSON.parse((r.request().postDataJSON() as { body: string }).body) as unknown
    return now.every((f) => JSON.stringify(at(body, f.path)) === JSON.stringify(whole(f.verdicts[n]!)))
  })
  for (const f of now) await f.input.fill(typed(whole(f.verdicts[n]!), f.yuan))
  await page.locator('h1').click()
  return ((await (await asked).json()) as { problems: Problem[] }).problems
}

/** What the page must say at the fields after a round. */
async function judge(fields: Typed[], n: number, problems: Problem[]): Promise<void> {
  for (const f of fields) {
    const v = f.verdicts[n]
    if (!v) continue
    const what = `${f.path} = ${JSON.stringify(v.value)}${v.times ? ` × ${v.times}` : ''}`
    const wrong = f.line.locator('[id$=-wrong]')
    const mine = problems.filter((p) => p.field === f.path || p.field?.startsWith(`${f.path}.`))
    if (mine.length === 0 && v.good) {
      await expect(wrong.getByText(/^输入源|^无法将输入源/), what).toHaveCount(0)
      continue
    }
    for (const p of mine) await expect(wrong, what).toContainText(p.text_zh)
    // The validator's own words stand behind "original": only a broken declaration has them.
    const original = (await wrong.locator('details p').allTextContents()).filter((text) => /输入源/.test(text))
    expect(original.length > 0, what).toBe(!v.good)
  }
}

for (const [kind, operation] of [
  ['满减券', 'busifavor.stocks.create'],
  ['折扣券', 'busifavor.stocks.create'],
  ['换购券', 'busifavor.stocks.create'],
  ['预充值代金券', 'favor.stocks.create'],
] as const)
  test(`the fields of a ${kind} say of every value what the validator says`, async ({ page }) => {
    await page.goto('/stocks/new')
    await page.getByRole('button', { name: kind }).click()
    await expect(page).toHaveURL(/\/stocks\/new\/\w+$/)
    const steps = page.getByRole('navigation', { name: '步骤' })
    let tried = 0
    for (const step of kind === '满减券' || kind === '预充值代金券' ? ['优惠', '时间', '发放', '使用与样式'] : ['优惠']) {
      await steps.getByRole('link', { name: step }).click()
      await expect(steps.getByRole('link', { name: step })).toHaveAttribute('aria-current', 'step')
      const fields = await fieldsOf(page, operation)
      for (let n = 0; fields.some((f) => f.verdicts[n]); n++) {
        await judge(fields, n, await round(page, fields, n))
        tried += fields.filter((f) => f.verdicts[n]).length
      }
    }
    console.log(`${kind}: ${tried} values`)
    expect(tried).toBeGreaterThan(5)
  })

test('what a field offers to choose from is what the API takes', async ({ page }) => {
  for (const [kind, operation] of [['满减券', 'busifavor.stocks.create'], ['免充值代金券', 'favor.stocks.create']] as const) {
    await page.goto('/stocks/new')
    await page.getByRole('button', { name: kind }).click()
    for (const step of ['发放', '使用与样式']) {
      await page.getByRole('navigation', { name: '步骤' }).getByRole('link', { name: step }).click()
      for (const line of await page.locator('[data-field]', { has: page.locator('select') }).all()) {
        const path = await line.getAttribute('data-field')
        const offered = await line.locator('option').evaluateAll((all) => all.map((o) => (o as HTMLOptionElement).value).filter(Boolean))
        const good = verdicts.filter((v) => v.operation === operation && v.path === path && v.good).map((v) => v.value)
        expect(good, `${path}`).toEqual(expect.arrayContaining(offered))
      }
    }
  }
})
