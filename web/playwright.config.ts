import { defineConfig } from '@playwright/test'

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

// Every worker runs a sandbox of its own. FULL=1 visits every page in every language, theme
// and width, and runs what takes minutes; without it each page is visited once.
export default defineConfig({
  testDir: 'e2e',
  workers: Number(process.env.WORKERS ?? 1),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: process.env.CI ? 'line' : 'list',
  outputDir: 'test-results',
  grepInvert: process.env.FULL ? undefined : /@full/,
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags },
    locale: 'zh-CN',
    timezoneId: process.env.TZ || undefined,
    viewport: { width: 1280, height: 860 },
    contextOptions: { reducedMotion: 'reduce' }, // axe reads no colour on its way to another one
    trace: 'retain-on-failure',
    actionTimeout: 15_000,
  },
})
