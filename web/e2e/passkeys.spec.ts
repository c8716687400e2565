import AxeBuilder from '@axe-core/playwright'
import type { CDPSession, Page } from '@playwright/test'
import { expect, Server, test } from './sandbox'

/** A device of Chromium's own, which says yes to whatever it is asked. */
class Device {
  private constructor(
    private readonly cdp: CDPSession,
    readonly authenticatorId: string,
  ) {}

  static async plug(page: Page): Promise<Device> {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options })
    return new Device(cdp, authenticatorId)
  }

  /** Whether the person's finger is the right one from now on. */
  async recognizes(isUserVerified: boolean): Promise<void> {
    await this.cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.authenticatorId, isUserVerified })
  }

  /** Whether there is a person who touches the device whenever it asks. */
  async touched(enabled: boolean): Promise<void> {
    await this.cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.authenticatorId, enabled })
  }

  async credentials() {
    return (await this.cdp.send('WebAuthn.getCredentials', { authenticatorId: this.authenticatorId })).credentials
  }

  /** Puts a key back as it was once, as a copy of it would be. */
  async restore(credential: Awaited<ReturnType<Device['credentials']>>[number]): Promise<void> {
    await this.cdp.send('WebAuthn.removeCredential', { authenticatorId: this.authenticatorId, credentialId: credential.credentialId })
    await this.cdp.send('WebAuthn.addCredential', { authenticatorId: this.authenticatorId, credential })
  }
}

const production = () =>
  Server.start(['serve', '--config', 'favord.yaml'], {
    'favord.yaml': 'api: 127.0.0.1:0\nmanage: 127.0.0.1:0\ndata: data\nkey_file: kek\nmanage_token_file: token\nlog: {level: error}\n',
    kek: 'a5'.repeat(32),
    token: '0123456789abcdef0123456789abcdef',
  })

const byName = (url: string) => url.replace('127.0.0.1', 'localhost')

/** What a page asked the browser for passkeys. */
interface Asked {
  asked: string[]
}

async function shot(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return
  const dir = process.env.SHOTS
  await page.screenshot({ path: `${dir}/${name}.png`, fullPage: true })
  await page.setViewportSize({ width: 390, height: 860 })
  await page.evaluate(() => document.documentElement.classList.add('dark'))
  await page.screenshot({ path: `${dir}/${name}-390-dark.png`, fullPage: true })
  await page.evaluate(() => document.documentElement.classList.remove('dark'))
  await page.setViewportSize({ width: 1280, height: 860 })
}

async function open(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)).toEqual([])
}

test('a person signs in with a passkey alone, proves with it, and a copy or a lost one lets nobody in', async ({ page, watch }) => {
  const server = await production()
  const favord = (...args: string[]) => server.favord(...args, '--manage-url', server.environment.manage_url, '--token-file', `${server.dir}/token`)
  try {
    const device = await Device.plug(page)
    await page.addInitScript(() => Object.assign(PublicKeyCredential, { isConditionalMediationAvailable: () => Promise.resolve(false) })) // an older browser
    await page.goto(byName((await favord('operators', 'add', 'alice', '--role', 'admin', '--display', 'Alice')).trim()))
    await page.getByLabel('密码（至少12个字符）').fill('a sentence for alice')
    await page.getByLabel('再次输入密码').fill('a sentence for alice')
    await page.getByRole('button', { name: '保存并登录' }).click()

    // The role needs a second factor, and a passkey is one.
    await expect(page.locator('.needed')).toBeVisible()
    await page.getByLabel('名称').fill('办公室的电脑')
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await expect(page.locator('table.list').first()).toContainText('办公室的电脑')
    await expect(page.locator('table.list').first()).toContainText('localhost')
    await expect(page.locator('.needed')).toBeHidden()
    await open(page)
    await shot(page, 'passkeys-account')

    // It is called something else, or is not.
    const rename = page.getByRole('button', { name: /^重命名/ })
    const label = page.getByRole('row').getByLabel('名称')
    await rename.click()
    await expect(label).toBeFocused()
    await label.fill('家里的电脑')
    await label.press('Escape')
    await expect(rename).toBeFocused()
    await expect(page.locator('table.list').first()).toContainText('办公室的电脑')
    await rename.click()
    await label.fill('家里的电脑')
    await open(page)
    await shot(page, 'passkeys-rename')
    await label.press('Enter')
    await expect(rename).toBeFocused()
    await expect(page.locator('table.list').first()).toContainText('家里的电脑')

    // The same device is not asked for another one.
    await page.getByLabel('名称').fill('again')
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await expect(page.locator('#no-passkey')).toHaveText('这台设备上已有您的通行密钥。')

    // The password alone is not enough, whatever code comes with it; the passkey alone is.
    await page.getByRole('button', { name: '退出登录' }).click()
    await expect(page.getByRole('button', { name: '用通行密钥登录' })).toBeVisible()
    await open(page)
    await shot(page, 'passkeys-login')
    await page.getByLabel('名称').fill('alice')
    await page.getByLabel('密码', { exact: true }).fill('a sentence for alice')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await expect(page.getByRole('alert')).toHaveText('密码正确。请用通行密钥完成登录。')
    await page.goto(server.environment.console_url)
    await page.getByLabel('名称').fill('alice')
    await page.getByLabel('密码', { exact: true }).fill('a sentence for alice')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByRole('alert').getByRole('link').click() // an address has no passkeys: this leads to the name
    await device.recognizes(false)
    await page.getByRole('button', { name: '用通行密钥登录' }).click()
    await expect(page.getByRole('alert')).toHaveText('未完成：已取消，或等待时间过长。')
    await device.recognizes(true)
    const [before] = await device.credentials()
    await page.getByRole('button', { name: '用通行密钥登录' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('概览')
    expect((await device.credentials())[0]!.signCount).toBeGreaterThan(before!.signCount)

    // A copy of the key, from before that use, is found out.
    await page.goto(byName(`${server.environment.console_url}account`))
    await page.getByRole('button', { name: '退出登录' }).click()
    await device.restore({ ...before!, signCount: 0 })
    await page.getByRole('button', { name: '用通行密钥登录' }).click()
    await expect(page.getByRole('alert')).toContainText('可能已被复制')

    // Whoever may says who has passkeys, and removes a lost one.
    expect(await favord('operators', 'list')).toContain('passkeys: 1')
    const id = /^\W*([0-9a-f]{16})/m.exec(await favord('operators', 'passkeys', 'alice'))?.[1] ?? ''
    expect(await favord('operators', 'remove-passkey', 'alice', id)).not.toContain(id)
    await page.getByRole('button', { name: '用通行密钥登录' }).click()
    await expect(page.getByRole('alert')).toContainText('可能已被移除')
    await page.getByLabel('名称').fill('alice')
    await page.getByLabel('密码', { exact: true }).fill('a sentence for alice')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await expect(page.locator('.needed')).toBeVisible()
    expect(watch.faults).toEqual([])
  } finally {
    await server.stop()
  }
})

test('a passkey replaces the password where a change asks for it again, and an admin sees whose passkeys there are', async ({ page, watch }) => {
  const server = await production()
  try {
    await Device.plug(page)
    const invitation = (await server.favord('operators', 'add', 'root', '--role', 'admin', '--manage-url', server.environment.manage_url, '--token-file', `${server.dir}/token`)).trim()
    await page.goto(byName(invitation))
    await page.getByLabel('密码（至少12个字符）').fill('a sentence for root')
    await page.getByLabel('再次输入密码').fill('a sentence for root')
    await page.getByRole('button', { name: '保存并登录' }).click()
    await page.getByLabel('名称').fill('钥匙')
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await expect(page.locator('table.list').first()).toContainText('钥匙')

    // As if five minutes had passed: the first change is refused once.
    let doubted = true
    await page.route('**/manage/v1/operators/root/passkeys/*', async (route) => {
      if (!doubted) return route.continue()
      doubted = false
      return route.fulfill({ status: 403, contentType: 'application/json', body: '{"code":"PROOF_REQUIRED","message":"请再次输入密码后重试"}' })
    })
    await page.getByRole('link', { name: '人员' }).click()
    await expect(page.locator('table.list').first()).toContainText('1个通行密钥')
    await page.getByRole('button', { name: '通行密钥', exact: true }).click()
    await expect(page.getByRole('dialog')).toContainText('钥匙')
    await open(page)
    await shot(page, 'passkeys-lost')
    await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
    const proof = page.getByRole('dialog', { name: '请确认是您本人' })
    await expect(proof).toBeVisible()
    await shot(page, 'passkeys-proof')
    await proof.getByRole('button', { name: '用通行密钥确认' }).click()
    await expect(proof).toBeHidden()
    await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
    await expect(page.getByRole('button', { name: '登录', exact: true })).toBeVisible() // one's own sessions end with it
    expect(watch.faults).toEqual([])
  } finally {
    await server.stop()
  }
})

test('the browser offers passkeys where a name is typed, and takes the offer back from who signs in otherwise', async ({ page, watch }) => {
  const server = await production()
  try {
    const device = await Device.plug(page)
    await page.addInitScript(() => {
      const container = navigator.credentials
      const get = container.get.bind(container)
      const asked = ((window as unknown as Asked).asked = [] as string[])
      container.get = (options) => {
        asked.push(options?.mediation === 'conditional' ? 'offer' : 'question')
        options?.signal?.addEventListener('abort', () => asked.push('taken back'))
        return get(options)
      }
    })
    const invitation = (await server.favord('operators', 'add', 'carol', '--role', 'viewer', '--manage-url', server.environment.manage_url, '--token-file', `${server.dir}/token`)).trim()
    await page.goto(byName(invitation))
    await page.getByLabel('密码（至少12个字符）').fill('a sentence for carol')
    await page.getByLabel('再次输入密码').fill('a sentence for carol')
    await page.getByRole('button', { name: '保存并登录' }).click()
    await page.getByRole('link', { name: '我的账号' }).click()

    // Nobody touches the device: there is an offer, and the password is as good.
    await device.touched(false)
    const signOut = async () => {
      await page.getByRole('button', { name: '退出登录' }).click()
      await expect(page.getByRole('button', { name: '登录', exact: true })).toBeVisible() // no page is asked while it goes
    }
    const asked = (...what: string[]) => expect.poll(() => page.evaluate(() => (window as unknown as Asked).asked)).toEqual(what)
    await signOut()
    await asked('offer')
    await expect(page.getByLabel('名称')).toHaveAttribute('autocomplete', 'username webauthn')
    await page.getByLabel('名称').fill('carol')
    await page.getByLabel('密码', { exact: true }).fill('wrong password')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await expect(page.getByRole('alert')).toContainText('名称、密码或验证码有误')
    await asked('offer', 'taken back', 'offer')
    await page.getByLabel('密码', { exact: true }).fill('a sentence for carol')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('概览')

    await page.goto(byName(`${server.environment.console_url}account`))
    await device.touched(true)
    await page.getByLabel('名称').fill('钥匙')
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await expect(page.locator('table.list').first()).toContainText('钥匙')
    await device.touched(false)
    await signOut()
    await asked('offer')
    await page.getByRole('button', { name: '用通行密钥登录' }).click()
    await asked('offer', 'taken back', 'question')

    // Somebody does touch it.
    await device.touched(true)
    await page.reload()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('概览')
    expect((await device.credentials())[0]!.signCount).toBeGreaterThan(1)
    expect(watch.faults).toEqual([])
  } finally {
    await server.stop()
  }
})
