import { expect, test } from './sandbox'

test('the catalogue is found by messages and conditions in both languages, whatever the case', async ({ page }) => {
  for (const [words, code] of [
    ['THE STOCK IS NOT RUNNING', 'RULE_LIMIT'],
    ['another ORDER associated', 'INVALID_REQUEST'],
    ['活动已结束或未激活', 'INVALID_REQUEST'],
    ['top it up', 'NOT_ENOUGH'],
  ] as const) {
    await page.goto(`/dev/errors?lang=en&q=${encodeURIComponent(words)}`)
    await expect(page.locator(`#${code}`), words).toBeVisible()
    await expect(page.locator('#SIGN_ERROR'), words).toHaveCount(0)
  }
  await page.locator('[data-filter] input, input[data-filter]').first().fill('no such words')
  await expect(page.getByText('No such error code')).toBeVisible()
})
