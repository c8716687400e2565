import { describe, expect, it } from 'vitest'
import { placeOf, sidesOf } from './sides'

describe('the sides of a change', () => {
  it('are compared field by field, changed ones first', () => {
    expect(sidesOf('{"a":1,"b":{"c":"x","d":[1,2]}}', '{"a":1,"b":{"c":"y","d":[1,3]},"e":null}')).toEqual([
      { name: 'b.c', before: 'x', after: 'y', changed: true },
      { name: 'b.d[1]', before: '2', after: '3', changed: true },
      { name: 'e', before: '', after: 'null', changed: true },
      { name: 'a', before: '1', after: '1', changed: false },
      { name: 'b.d[0]', before: '1', after: '1', changed: false },
    ])
  })
  it('may be one only, or no JSON', () => {
    expect(sidesOf(undefined, '{"a":{}}')).toEqual([{ name: 'a', before: '', after: '{}', changed: true }])
    expect(sidesOf('no JSON', undefined)).toEqual([{ name: '', before: 'no JSON', after: '', changed: true }])
    expect(sidesOf(undefined, undefined)).toEqual([])
  })
})

describe('an object', () => {
  it('leads to its page where it has one', () => {
    expect(placeOf('stock/1282')).toEqual({ to: '/stocks/1282' })
    expect(placeOf('stock/1282/coupon/A B')).toEqual({ to: '/coupons/1282/A%20B' })
    expect(placeOf('voucher-stock/9')).toEqual({ to: '/stocks/9', query: { product: 'favor' } })
    expect(placeOf('merchant/19')).toEqual({ to: '/merchants/19' })
    for (const other of ['stock/1282/code/A', 'stock/../x', 'merchant/1/coupon/2', 'audit/19']) expect(placeOf(other), other).toBeUndefined()
  })
})
