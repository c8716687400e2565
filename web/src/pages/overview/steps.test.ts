import { describe, expect, it } from 'vitest'
import { seenIn, type Line } from './steps'

const line = (operation: string, status = 200, verified = true) => ({ operation, status, verified }) as Line

describe('the first steps', () => {
  it('count only what was signed and succeeded', () => {
    expect(seenIn([line('busifavor.coupons.send', 403), line('busifavor.coupons.use', 200, false)])).toEqual({ call: false, coupon: false, redeem: false })
    expect(seenIn([line('security.certificates.list')])).toEqual({ call: true, coupon: false, redeem: false })
    expect(seenIn([line('busifavor.coupons.send'), line('busifavor.coupons.use')])).toEqual({ call: true, coupon: true, redeem: true })
  })
})
