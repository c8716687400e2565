import { describe, expect, it } from 'vitest'
import { leadOf, read } from './paste'

const kinds = (text: string) => read(text).map((p) => p.kind)

describe('what was pasted', () => {
  it('is told by its form', () => {
    expect(kinds('1900000001')).toEqual(['merchant', 'voucherStock'])
    expect(kinds('1282070000000017')).toEqual(['stock', 'coupon'])
    expect(kinds('oUpF8uMuAJO_M2pxb1Q9zNjWeS6o')).toEqual(['user'])
    expect(kinds('1200 2725 9805 9686 7577 97')).toEqual(['coupon'])
    expect(kinds('SUMMER-2026')).toEqual(['coupon'])
    expect(kinds('0812345678901234567890123456789012-0')).toEqual(['request'])
    expect(kinds('4200 0000 0020 2011 2700 0000 0999')).toEqual(['payment'])
    expect(kinds('6b1f4c0a-8a36-5f0e-9d0a-0f5a1c6f2d11')).toEqual(['event'])
    expect(kinds('')).toEqual([])
    expect(kinds('批次')).toEqual([])
  })
  it('may be traffic of any form', () => {
    for (const text of [
      'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="x"',
      'Authorization: WECHATPAY2-SM2-WITH-SM3 mchid="1900000001"',
      'POST /v3/marketing/busifavor/coupons/use HTTP/1.1\nHost: x',
      '> GET /v3/certificates HTTP/1.1\n> Accept: */*',
      '{"resource":{"ciphertext":"…"}}',
    ])
      expect(kinds(text), text).toEqual(['explain'])
  })
  it('leads nowhere where the page does not exist', () => {
    expect(leadOf({ kind: 'request', value: 'X' }, false)).toBeUndefined()
    expect(leadOf({ kind: 'request', value: 'X' }, true)?.path).toBe('/dev/requests/X')
    expect(leadOf({ kind: 'coupon', value: 'A1' }, false)).toEqual({ path: '/coupons', query: { code: 'A1' } })
  })
})
