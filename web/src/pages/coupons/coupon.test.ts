import { describe, expect, it } from 'vitest'
import { grouped, life, type Coupon } from './coupon'

const coupon = {
  receive_time: '2026-11-01T10:00:00+08:00',
  start_time: '2026-11-01T10:00:00+08:00',
  expire_time: '2026-11-08T23:59:59+08:00',
  use_time: '2026-11-02T10:00:00+08:00',
  send_request_no: 's1',
  use_request_no: 'u1',
} as Coupon

describe('the life of a coupon', () => {
  it('is in order, with what is to come', () => {
    const moments = life(coupon, Date.parse('2026-11-03T00:00:00+08:00'))
    expect(moments.map((m) => m.key)).toEqual(['coupons.events.received', 'coupons.events.used', 'coupons.events.expires'])
    expect(moments.map((m) => m.ahead)).toEqual([false, false, true])
    expect(moments[1]?.number).toBe('u1')
  })
  it('tells when it becomes good, if that is later', () => {
    const moments = life({ ...coupon, start_time: '2026-11-02T00:00:00+08:00' }, 0)
    expect(moments[1]?.key).toBe('coupons.events.starts')
  })
})

describe('a code', () => {
  it('is read in groups of four', () => {
    expect(grouped('1200272598059686757797')).toBe('1200 2725 9805 9686 7577 97')
    expect(grouped('SUMMER-2026')).toBe('SUMMER-2026')
  })
})
