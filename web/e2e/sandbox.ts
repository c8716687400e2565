import { test as base, expect, type Page } from '@playwright/test'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The binary under test. */
export const binary = process.env.FAVORD ?? join(import.meta.dirname, '../../bin/favord')

export interface Environment {
  api_url: string
  manage_url: string
  console_url: string
  mchid: string
  serial_no: string
  private_key_file: string
  platform_cert_file: string
  appid: string
  openid: string
}

/** A server that runs for tests, in a directory of its own. */
export class Server {
  private constructor(
    readonly dir: string,
    readonly environment: Environment,
    private readonly process: ChildProcess,
  ) {}

  /** Starts the binary and waits until it says that it is ready. */
  static async start(args: string[], files: Record<string, string> = {}): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), 'favord-web-'))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content, { mode: 0o600 })
    const ready = join(dir, 'ready.json')
    const child = spawn(binary, [...args, '--ready-file', ready], { cwd: dir, env: { ...process.env, FAVORD_STATE_DIR: dir, TZ: '' }, stdio: ['ignore', 'ignore', 'inherit'] })
    while (!existsSync(ready)) {
      if (child.exitCode !== null) throw new Error(`${binary} ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return new Server(dir, JSON.parse(readFileSync(ready, 'utf8')) as Environment, child)
  }

  get pid(): number | undefined {
    return this.process.pid
  }

  /** The command line, as a developer uses it beside the console. */
  async favord(...args: string[]): Promise<string> {
    const { stdout } = await run(binary, args, { env: { ...process.env, FAVORD_STATE_DIR: this.dir, FAVORD_LANG: 'en' } })
    return stdout
  }

  /** The command line, for calls that are refused. */
  async refused(...args: string[]): Promise<void> {
    await this.favord(...args).catch(() => '')
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill('SIGTERM')
    await gone
    rmSync(this.dir, { recursive: true, force: true })
  }
}

export function sandbox(...flags: string[]): Promise<Server> {
  return Server.start(['dev', '--quiet', '--no-proxy', '--api', '127.0.0.1:0', '--manage', '127.0.0.1:0', ...flags])
}

/** What a page must never do, watched from its first byte. */
export class Watch {
  readonly faults: string[] = []

  constructor(page: Page) {
    page.on('request', (r) => {
      if (/^https?:/.test(r.url()) && !r.isNavigationRequest() && new URL(r.url()).origin !== new URL(page.url()).origin) this.faults.push(`request to ${r.url()}`)
    })
    page.on('pageerror', (e) => this.faults.push(`error: ${e.message}`))
    page.on('console', (m) => {
      // A refusal of the API is shown on the page; the browser mentions it as well. What is kept
      // from running in the frame of a preview is the script of this very test.
      if (['error', 'warning'].includes(m.type()) && !/Failed to load resource|Blocked script execution in 'about:/.test(m.text())) this.faults.push(`${m.type()}: ${m.text()}`)
    })
    void page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))
    })
  }
}

export const test = base.extend<{ watch: Watch }, { own: string; server: Server; stock: string; code: string; refused: string }>({
  // Files that change what others look at name themselves here: each name has a sandbox of its own.
  own: ['', { option: true, scope: 'worker' }],
  server: [
    async ({ own }, use) => {
      void own
      const server = await sandbox()
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  stock: [({}, use) => use('1282070000000017'), { scope: 'worker' }],
  /** The code of a coupon that was redeemed, in a sandbox where every list has something on it. */
  code: [
    async ({ server, stock }, use) => {
      const sent = await server.favord('coupons', 'send', stock, 'seed', '-o', 'json')
      const code = /"coupon_code": *"([^"]+)"/.exec(sent)?.[1] ?? ''
      await server.favord('coupons', 'use', stock, code, 'seed-use')
      await server.favord('trigger', 'COUPON.USE').catch(() => '')
      await server.refused('coupons', 'use', stock, 'NO-SUCH-CODE', 'seed-refused')
      await server.favord('operators', 'add', 'seed', '--role', 'marketer')
      await server.favord('tokens', 'create', 'seed', '--role', 'viewer')
      await use(code)
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  /** The Request-ID of a call with a wrong signature. */
  refused: [
    async ({ server, code }, use) => {
      void code
      const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${server.environment.mchid}",nonce_str="x",timestamp="${Math.floor(Date.now() / 1000)}",serial_no="${server.environment.serial_no}",signature="c2lnbmVk"`
      const answer = await fetch(`${server.environment.api_url}/v3/certificates`, { headers: { Authorization: authorization, Accept: '*/*', 'User-Agent': 'test' } })
      await use(answer.headers.get('request-id') ?? '')
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ server }, use) => use(server.environment.console_url),
  watch: [
    async ({ page }, use) => {
      const watch = new Watch(page)
      await use(watch)
      expect(watch.faults).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }
