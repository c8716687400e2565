import { expect, Server, test } from './sandbox'

const token = '0123456789abcdef0123456789abcdef'
const pages = ['dev/requests', 'dev/requests/08AA-0', 'dev/explain', 'dev/time', 'dev/faults', 'dev/scenario']
const operations = ['clock', 'faults', 'journal', 'journal/08AA-0', 'snapshots', 'events']

test.use({
  server: [
    async ({}, use) => {
      const production = await Server.start(['serve', '--config', 'favord.yaml'], {
        'favord.yaml': 'api: 127.0.0.1:0\nmanage: 127.0.0.1:0\ndata: data\nkey_file: kek\nmanage_token_file: token\nlog: {level: error}\n',
        kek: 'a5'.repeat(32),
        token,
      })
      await use(production)
      await production.stop()
    },
    { scope: 'worker' },
  ],
})

test('a production server asks for its token and has no pages of a sandbox, nor keys that lead there', async ({ page }) => {
  await page.goto('/merchants')
  await page.getByRole('button', { name: '改用令牌' }).click()
  const field = page.getByLabel('管理令牌', { exact: true })
  await field.fill('wrong')
  await page.getByRole('button', { name: '进入' }).click()
  await expect(page.getByRole('alert')).toContainText('令牌')
  await field.fill(token)
  await page.getByRole('button', { name: '进入' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('商户')
  await expect(page.getByText('还没有商户')).toBeVisible()
  for (const path of pages) await expect(page.locator(`a[href^="/${path}"]`)).toHaveCount(0)

  for (const letter of ['r', 'e', 't', 'f']) {
    await page.keyboard.press('g')
    await page.keyboard.press(letter)
  }
  await expect(page).toHaveURL(/\/merchants/)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('回调')
  await expect(page.getByRole('dialog')).not.toContainText('时间机器')
  await page.keyboard.press('Escape')

  for (const path of pages) {
    await page.goto(`/${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('没有这个页面')
  }
})

test('its management port answers 404 to what only a sandbox has, and says so to programs and people', async ({ server }) => {
  const { manage_url } = server.environment
  const ask = (path: string, language: string) => fetch(`${manage_url}/manage/v1/${path}`, { headers: { Authorization: `Bearer ${token}`, 'Accept-Language': language } })
  for (const path of operations) {
    const answer = await ask(path, 'en')
    expect(answer.status, path).toBe(404)
    expect(await answer.json(), path).toEqual({ code: 'RESOURCE_NOT_EXISTS', message: 'Only a sandbox has this operation, and this is a production server.' })
    expect((await (await ask(path, 'zh-CN')).json()).message).toBe('只有沙箱才有这个接口，本服务是生产环境')
  }
  const document = await (await ask('openapi.json', 'en')).text()
  expect(document).toContain('"/manage/v1/stocks"')
  for (const path of operations) expect(document).not.toContain(`"/manage/v1/${path}"`)
  const commands = [['clock', 'show'], ['faults', 'list'], ['logs', 'list'], ['snapshot', 'list'], ['explain']]
  for (const command of commands) {
    const said = await server.favord(...command, '--manage-url', manage_url, '--token-file', `${server.dir}/token`).catch((e: { stderr: string }) => e.stderr)
    expect(said, command.join(' ')).toContain('Only a sandbox has this operation')
  }
})
