import { describe, expect, it } from 'vitest'
import { doubtsOf } from './doubts'
import { startOf, kinds } from './kinds'
import { put } from './body'

const [begin, end] = ['2026-11-29T00:00:00+08:00', '2026-12-29T00:00:00+08:00']
const doubted = (kind: Parameters<typeof startOf>[0], path: string, value: unknown) => doubtsOf(put(startOf(kind, '1900000001', begin, end), path, value)).map((d) => d.text)

describe('doubts', () => {
  it('are none about what a draft begins with', () => {
    for (const kind of kinds) expect(doubtsOf(startOf(kind, '1900000001', begin, end)), kind).toEqual([])
  })
  it('are about what hardly anybody means', () => {
    const [off, time] = ['coupon_use_rule.fixed_normal_coupon', 'coupon_use_rule.coupon_available_time']
    expect(doubted('NORMAL', `${off}.discount_amount`, 3000)).toEqual(['draft.doubts.free'])
    expect(doubted('NORMAL', `${off}.discount_amount`, 2999)).toEqual([])
    expect(doubted('DISCOUNT', 'coupon_use_rule.discount_coupon.discount_percent', 12)).toEqual(['draft.doubts.percent'])
    expect(doubted('DISCOUNT', 'coupon_use_rule.discount_coupon.discount_percent', 100)).toEqual(['draft.doubts.nothing'])
    expect(doubted('EXCHANGE', 'coupon_use_rule.exchange_coupon.exchange_price', 0)).toEqual(['draft.doubts.gift'])
    expect(doubted('NORMAL', `${time}.available_end_time`, '2026-11-29T00:30:00+08:00')).toEqual(['draft.doubts.short'])
    expect(doubted('CASH', 'available_end_time', '2026-11-29T00:30:00+08:00')).toEqual(['draft.doubts.short'])
    expect(doubted('NORMAL', `${time}.available_day_after_receive`, 40)).toEqual(['draft.doubts.outlives'])
    expect(doubted('NORMAL', 'stock_send_rule.max_coupons_per_user', 1001)).toEqual(['draft.doubts.each'])
    expect(doubted('CASH', 'stock_use_rule.max_coupons_per_user', 101)).toEqual(['draft.doubts.each'])
    expect(doubted('NORMAL', 'stock_send_rule.max_coupons_by_day', 1001)).toEqual(['draft.doubts.daily'])
  })
})
