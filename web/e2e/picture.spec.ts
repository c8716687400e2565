import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { call, makeStock } from './make'
import { expect, test } from './sandbox'

test.use({ own: 'picture' })

/** An image of 48 by 48 pixels, drawn by the browser. */
async function drawn(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 48
    const pen = canvas.getContext('2d')!
    pen.fillStyle = '#06804a'
    pen.fillRect(0, 0, 48, 48)
    pen.fillStyle = '#fff'
    pen.fillRect(12, 12, 24, 24)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(url.split(',')[1]!, 'base64')
}

async function drop(on: Locator, name: string, content: Buffer): Promise<void> {
  const transfer = await on.page().evaluateHandle(
    ([file, text]) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(text!), (c) => c.charCodeAt(0))], file!))
      return data
    },
    [name, content.toString('base64')],
  )
  await on.dispatchEvent('drop', { dataTransfer: transfer })
}

async function flawless(page: Page): Promise<void> {
  const report = await new AxeBuilder({ page }).exclude('iframe').withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(report.violations.map((x) => `${x.id}: ${x.nodes.map((node) => node.target).join(' | ')}`)).toEqual([])
}

test('an image is uploaded where a stock wants one, and the API says what is wrong with a file', async ({ page, server }) => {
  await page.goto('/stocks/new')
  await page.getByRole('button', { name: '满减券' }).click()
  await page.getByRole('navigation', { name: '步骤' }).getByRole('link', { name: /使用与样式/ }).click()
  const image = await drawn(page)
  const field = page.locator('.field').filter({ has: page.getByLabel('商户logo', { exact: true }) })
  const url = page.getByLabel('商户logo', { exact: true })
  const choose = async (file: { name: string; mimeType: string; buffer: Buffer }) => {
    const chooser = page.waitForEvent('filechooser')
    await field.getByRole('button', { name: '选择图片' }).click()
    await (await chooser).setFiles(file)
  }
  await choose({ name: 'logo.gif', mimeType: 'image/gif', buffer: image })
  await expect(field.getByRole('alert')).toHaveText('文件格式错误，仅支持JPG、BMP、PNG')
  await choose({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.alloc(3 << 20) })
  await expect(field.getByRole('alert')).toHaveText('文件大小不能超过2M')
  await choose({ name: 'logo.png', mimeType: 'image/png', buffer: image })
  await expect(url).toHaveValue(/\/wxpaylogo\/[\w-]{32}\/0$/)
  await expect(field.getByRole('alert')).toBeHidden()
  const preview = field.getByRole('img', { name: '预览：商户logo' })
  await expect(preview).toBeVisible()
  await expect.poll(() => preview.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBe(48)
  const logo = await url.inputValue()
  await expect(page.frameLocator('iframe.front').locator(`img[src$="${new URL(logo).pathname}"]`)).toBeVisible()
  await url.fill('https://images.example.com/logo.png')
  await expect(field.getByText('不是本服务器上的图片，无法预览。')).toBeVisible()
  const second = page.locator('.picture').filter({ has: page.getByLabel('券详情图片', { exact: true }) })
  await drop(second, '店面.png', image)
  await expect(page.getByLabel('券详情图片', { exact: true })).toHaveValue(logo)
  await url.fill(logo)
  await expect(preview).toBeVisible()
  await flawless(page)
  if (process.env.SHOTS) for (const [width, scheme] of [[1280, 'light'], [390, 'dark']] as const) {
    await page.setViewportSize({ width, height: 860 })
    await page.emulateMedia({ colorScheme: scheme })
    await second.scrollIntoViewIfNeeded()
    await page.screenshot({ path: `${process.env.SHOTS}/picture-${width}.png` })
  }
  // Who uploaded is in the audit, and the upload in the log.
  expect(await server.favord('logs')).toContain('/v3/marketing/favor/media/image-upload')
})

test('an image is uploaded for a stock of cash vouchers, and the stock is created with it', async ({ page, server }) => {
  await page.goto('/stocks/new')
  await page.getByRole('button', { name: '免充值代金券' }).click()
  await page.getByLabel('批次名称').fill('有图的代金券')
  await page.getByLabel('面额（元）').fill('8')
  const steps = page.getByRole('navigation', { name: '步骤' })
  await steps.getByRole('link', { name: /样式/ }).click()
  await page.getByLabel('使用须知').fill('到店出示')
  const field = page.locator('.picture').first()
  await drop(field, '代金券.png', await drawn(page))
  await expect(field.locator('img')).toBeVisible()
  const url = await field.locator('input[type=url]').inputValue()
  expect(url).toMatch(/\/wxpaylogo\/[\w-]{32}\/0$/)
  await expect(page.frameLocator('iframe.front').locator(`img[src$="${new URL(url).pathname}"]`)).toBeVisible()
  await flawless(page)
  await steps.getByRole('link', { name: '确认' }).click()
  await expect(page.getByText('没有问题，可以创建。')).toBeVisible()
  await page.getByRole('button', { name: '创建', exact: true }).click()
  await expect(page).toHaveURL(/\/stocks\/\d+/)
  const { mchid } = server.environment
  const id = /stocks\/(\d+)/.exec(page.url())![1]!
  const made = await call(server, 'GET', `/v3/marketing/favor/stocks/${id}?stock_creator_mchid=${mchid}`)
  expect(made.stock_name).toBe('有图的代金券')
})

test('the picture of a stock is replaced', async ({ page, server }) => {
  const stock = await makeStock(server, '换图的券', { max_coupons: 100 })
  await page.goto(`/stocks/${stock}`)
  const image = await drawn(page)
  await page.getByRole('button', { name: '修改', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await drop(dialog.locator('.picture'), 'a.png', image)
  await expect(dialog.getByRole('img', { name: '预览：券详情图片' })).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/picture-edit.png` })
  await flawless(page)
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('批次已修改')).toBeVisible()
  const shown = (await call(server, 'GET', `/v3/marketing/busifavor/stocks/${stock}`)) as { display_pattern_info: { coupon_image_url: string } }
  expect(shown.display_pattern_info.coupon_image_url).toMatch(/\/wxpaylogo\//)
})
