import { chromium } from '@playwright/test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeStock } from './make'
import { expect, test, Watch } from './sandbox'

test.use({ own: 'camera' })

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

for (const shown of ['QRCODE', 'BARCODE'])
  test(`a camera sees a ${shown} of the card, and the coupon is redeemed`, async ({ page, server }) => {
    const stock = await makeStock(server, '扫码券', { max_coupons: 10 }, { custom_entrance: { code_display_mode: shown } })
    const link = (await server.favord('sign', 'h5', stock, '--number', `camera${shown}`)).trim()
    await page.setViewportSize({ width: 640, height: 480 })
    await page.goto(link)
    await page.getByRole('button', { name: '立即领取' }).click()
    const drawing = await page.locator('svg[role=img]').evaluate((e) => e.outerHTML)
    // What the camera sees: the card's drawing, held before it.
    const held = await page.context().newPage()
    await held.setViewportSize({ width: 640, height: 480 })
    await held.setContent(`<body style="margin:0;display:grid;place-content:center;height:480px;background:#dcd8d2"><div style="width:${shown === 'QRCODE' ? 300 : 520}px;padding:24px;background:#fff;transform:rotate(1deg)">${drawing}</div>`)
    await held.addStyleTag({ content: 'svg { display: block; width: 100%; height: auto; max-height: 360px }' })
    const film = join(mkdtempSync(join(tmpdir(), 'favord-film-')), 'film.mjpeg')
    const frame = await held.screenshot({ type: 'jpeg', quality: 85 })
    if (process.env.SHOTS) writeFileSync(`${process.env.SHOTS}/camera-frame-${shown}.jpg`, frame)
    writeFileSync(film, Buffer.concat(Array.from({ length: 10 }, () => frame)))
    const browser = await chromium.launch({ executablePath, args: [...flags, `--use-file-for-fake-video-capture=${film}`] })
    try {
      const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 390, height: 860 } })
      const desk = await context.newPage()
      const watch = new Watch(desk)
      await desk.goto(`${server.environment.console_url}redeem`)
      await desk.getByRole('button', { name: '摄像头' }).click()
      await expect(desk.locator('.face')).toContainText('扫码券')
      if (process.env.SHOTS) await desk.screenshot({ path: `${process.env.SHOTS}/camera-${shown}.png` })
      await desk.locator('.face').getByRole('button', { name: '核销' }).click()
      await expect(desk.getByText('核销 1 张，失败 0 张')).toBeVisible()
      // A second scan says when it was used.
      await desk.getByRole('button', { name: '关闭摄像头' }).click()
      await desk.getByRole('button', { name: '摄像头' }).click()
      await expect(desk.locator('.face')).toContainText(/已于 .* 核销/)
      expect(watch.faults).toEqual([])
    } finally {
      await browser.close()
    }
  })

test('without permission or a camera the desk says what to do', async ({ page }) => {
  await page.goto('/redeem')
  await page.getByRole('button', { name: '摄像头' }).click()
  await expect(page.getByText(/没有使用摄像头的权限|没有找到摄像头/)).toBeVisible()
  await expect(page.getByRole('textbox', { name: '扫码或输入券code' })).toBeVisible()
})

test('a hand scanner types wherever the focus is, through a Chinese keyboard, and may end with Tab', async ({ page, server, stock }) => {
  const sent = await server.favord('coupons', 'send', stock, 'wedge-1', '-o', 'json')
  const code = /"coupon_code": *"([^"]+)"/.exec(sent)![1]!
  await page.goto('/redeem')
  await page.locator('h1').click()
  // All keys go at once: on a busy machine one that waits for the one before comes as slowly as a person's.
  const cdp = await page.context().newCDPSession(page)
  const keys = [...code].map((key) => ({ key, text: key }))
  const tab = { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 }
  await Promise.all([...keys, tab].flatMap((key) => [cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key }), cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })]))
  await expect(page.locator('.face')).toContainText('可用')
  await expect(page.getByRole('textbox', { name: '扫码或输入券code' })).toBeFocused()
  // The same code once more redeems it: the scanner's text replaces what is there.
  await page.keyboard.insertText(code.replace(/[0-9]/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0)))
  await page.keyboard.press('Enter')
  await expect(page.getByText('核销 1 张，失败 0 张')).toBeVisible()
})
