import type { Locator, Page } from '@playwright/test'
import { places } from './pages'
import { expect, test } from './sandbox'

test.use({ own: 'keyboard' })

/** How many stops a page may have before the one that is wanted. */
const most = 120

/** Nothing fades: what the focus looks like is there at once. */
test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    const still = new CSSStyleSheet()
    still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }')
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
  })
})

/** Goes on to the next stop, and says which one was left that looked the same with the focus as without. */
function next(page: Page): Promise<string> {
  return page.evaluate(() => {
    interface Stop {
      element: HTMLElement
      looks: string
    }
    const kept = globalThis as { lastStop?: Stop }
    const looks = (e: HTMLElement) =>
      [e, e.parentElement, e.parentElement?.parentElement, e.closest('tr'), e.nextElementSibling, e.firstElementChild]
        .filter((one) => one instanceof Element)
        .map((one) => getComputedStyle(one))
        .map((s) => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor].join(' '))
        .join('|')
    const before = kept.lastStop
    const now = document.activeElement as HTMLElement
    kept.lastStop = now && now !== document.body ? { element: now, looks: looks(now) } : undefined
    if (!before?.element.isConnected || before.element === now) return ''
    return looks(before.element) === before.looks ? before.element.outerHTML.slice(0, 200) : ''
  })
}

/** Presses Tab until something has the focus; every stop on the way shows that it has it. */
async function reach(page: Page, to: Locator): Promise<void> {
  await expect(to).toBeVisible()
  const unseen: string[] = []
  for (let i = 0; i < most; i++) {
    if (await to.evaluate((e) => e === document.activeElement || e.contains(document.activeElement))) {
      expect(unseen, 'the focus is seen').toEqual([])
      return
    }
    await page.keyboard.press('Tab')
    const same = await next(page)
    if (same) unseen.push(same)
  }
  throw new Error(`the focus never comes to ${String(to)}`)
}

async function press(page: Page, to: Locator): Promise<void> {
  await reach(page, to)
  await page.keyboard.press('Enter')
}

/** Goes to a page by its letter, once this one is whole. */
async function letter(page: Page, key: string, title: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press(key)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title)
}

test('a stock is created and paused without a mouse', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('概览')
  await letter(page, 's', '批次')
  await press(page, page.locator('main').getByRole('button', { name: '新建批次' }))
  await press(page, page.getByRole('button', { name: '满减券' }))
  await expect(page).toHaveURL(/\/stocks\/new\/\w+/)
  await reach(page, page.getByLabel('批次名称'))
  await page.keyboard.insertText('只用键盘')
  await reach(page, page.getByLabel('适用商品范围'))
  await page.keyboard.insertText('全场')
  for (let step = 0; step < 4; step++) await press(page, page.getByRole('button', { name: '下一步' }))
  await expect(page.getByText('没有问题，可以创建。')).toBeVisible()
  await press(page, page.getByRole('button', { name: '创建', exact: true }))
  await expect(page).toHaveURL(/\/stocks\/\d+/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('只用键盘')
  await press(page, page.getByRole('button', { name: '暂停' }))
  await expect(page.getByText('已暂停发放')).toBeVisible()
  await expect(page.getByRole('button', { name: '恢复' })).toBeVisible()
})

test('a coupon is redeemed, and a signature explained, without a mouse', async ({ page, server, stock, refused }) => {
  const sent = await server.favord('coupons', 'send', stock, 'keyboard', '-o', 'json')
  const code = /"coupon_code": *"([^"]+)"/.exec(sent)?.[1] ?? ''
  await page.goto('/stocks')
  await expect(page.locator('main table')).toBeVisible()
  await letter(page, 'd', '核销台')
  await reach(page, page.locator('form.desk input'))
  await page.keyboard.insertText(code)
  await page.keyboard.press('Enter')
  await expect(page.locator('section.face')).toContainText('可用')
  await page.keyboard.press('Enter')
  await expect(page.locator('main ol')).toContainText('已核销')

  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: '查找' })).toBeFocused()
  await page.keyboard.insertText(refused)
  await page.keyboard.press('Enter')
  await expect(page.locator('.sentence')).not.toBeEmpty()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: '查找' })).toBeFocused()
  await page.keyboard.insertText('/dev/explain')
  await page.keyboard.press('Enter')
  await expect(page.locator('form textarea').first()).toBeVisible()
  await reach(page, page.locator('form textarea').first())
  await page.keyboard.insertText('GET /v3/certificates HTTP/1.1\nHost: x\nAccept: */*\nUser-Agent: x\nAuthorization: WECHATPAY2-SHA256-RSA2048 mchid="1900000001"\n\n')
  await press(page, page.locator('form').getByRole('button', { name: '诊断' }))
  await expect(page.locator('.sentence')).toContainText('缺少')
})

test.describe('at 200 %', () => {
  test.use({ viewport: { width: 640, height: 430 }, deviceScaleFactor: 2 })

  test('no page scrolls sideways, and nothing on it is cut off', async ({ page, server, stock, code, refused }) => {
    test.slow(process.env.FULL !== undefined, 'every page is visited')
    const all = places({ stock, code, openid: server.environment.openid, mchid: server.environment.mchid, refused })
    const main = ['/', '/stocks', `/stocks/${stock}`, '/stocks/new', `/coupons/${stock}/${code}`, `/merchants/${server.environment.mchid}`, `/dev/requests/${refused}`, '/dev/explain', '/redeem']
    for (const { path, whole } of all.filter((p) => process.env.FULL || main.includes(p.path))) {
      await page.goto(path)
      await expect(page.locator(`main :is(${whole})`).first()).toBeVisible()
      const lost = await page.evaluate(() => {
        const found: string[] = []
        const root = document.documentElement
        if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide`)
        /** Whether something can be scrolled to what sticks out, or a sheet scrolls on its own. */
        const scrolls = (e: Element | null): boolean => e !== null && e !== root && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement))
        for (const e of document.querySelectorAll('header.bar :is(a, button), main :is(a, button, input, textarea, h1, h2, td, th, p, dd, dt, label)')) {
          const box = e.getBoundingClientRect()
          if (box.width < 2 || box.height < 2 || scrolls(e.parentElement)) continue
          if (box.left < -1 || box.right > root.clientWidth + 1) found.push(`${e.tagName} ${e.textContent?.trim().slice(0, 40)} ends at ${box.right}`)
        }
        return found
      })
      expect(lost, path).toEqual([])
    }
  })
})
