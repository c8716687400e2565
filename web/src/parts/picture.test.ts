import { describe, expect, it } from 'vitest'
import { base64Of, most, shownAt } from './picture'

describe('an image', () => {
  it('travels as base64, however long it is', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => i % 256)
    expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    expect(base64Of(new Uint8Array())).toBe('')
  })
  it('that is too large for the API is cut, and still fits into the call', () => {
    expect(most).toBeGreaterThan(2 << 20)
    expect(Math.ceil(most / 3) * 4).toBeLessThanOrEqual(4_000_000)
  })
  it('is shown when this server has it', () => {
    const path = `/wxpaylogo/${'a1-_'.repeat(8)}/0`
    expect(shownAt(`https://pay.example.com${path}`)).toBe(path)
    expect(shownAt(`http://127.0.0.1:8080/behind/a/proxy${path} `)).toBe(path)
    for (const url of ['', 'https://elsewhere.example.com/logo.png', `${path}?x`, '/wxpaylogo/short/0']) expect(shownAt(url)).toBe('')
  })
})
