import { describe, expect, it } from 'vitest'
import { compare, merged } from '@/parts/conflict'
import { applied, delta } from './voucher'
import { changesOf, valuesOf, wrongIn, type Values } from './edit'

const before: Values = valuesOf({ goods_name: '全场', stock_send_rule: { max_coupons: 10 }, display_pattern_info: { description: '须知' } })

describe('an edit', () => {
  it('begins with what the API answers', () => {
    expect(before).toEqual({ max_coupons: '10', max_coupons_by_day: '', prevent_api_abuse: 'false', goods_name: '全场', comment: '', description: '须知', coupon_image_url: '' })
  })
  it('tells what both changed from what only the other did', () => {
    const mine = { ...before, max_coupons: '20', comment: '我' }
    const theirs = { ...before, max_coupons: '30', goods_name: '饮料', comment: '我' }
    const got = compare(before, mine, theirs)
    expect(got.both).toEqual([{ name: 'max_coupons', before: '10', mine: '20', theirs: '30' }])
    expect(got.theirs.map((d) => d.name)).toEqual(['goods_name'])
    expect(merged(before, mine, theirs)).toEqual({ ...before, max_coupons: '20', goods_name: '饮料', comment: '我' })
  })
  it('sends what differs only, and names the quantity that is there', () => {
    const changes = changesOf('17', before, { ...before, max_coupons: '20', max_coupons_by_day: '5', description: '', prevent_api_abuse: 'true', coupon_image_url: 'https://a/1' })
    expect(changes.map((c) => c.target)).toEqual(['/v3/marketing/busifavor/stocks/17/budget', '/v3/marketing/busifavor/stocks/17/budget', '/v3/marketing/busifavor/stocks/17'])
    expect(changes[0]!.body).toMatchObject({ target_max_coupons: 20, current_max_coupons: 10 })
    expect(changes[1]!.body).toMatchObject({ target_max_coupons_by_day: 5, current_max_coupons_by_day: 0 })
    expect(changes[2]!.body).toMatchObject({ display_pattern_info: { description: '', coupon_image_url: 'https://a/1' }, stock_send_rule: { prevent_api_abuse: true } })
    expect(changesOf('17', before, before)).toEqual([])
  })
  it('replaces a picture, and sends nothing where there is to be none', () => {
    expect(changesOf('17', { ...before, coupon_image_url: 'https://a/1' }, before)).toEqual([])
  })
  it('has quantities that are numbers', () => {
    expect(wrongIn(before)).toBeUndefined()
    for (const max_coupons of ['0', '-1', 'x', '1.5']) expect(wrongIn({ ...before, max_coupons })).toBe('max_coupons')
  })
})

describe('the lists of a stock of vouchers', () => {
  it('change by what is added and taken away, whatever somebody else did meanwhile', () => {
    const d = delta(['a', 'b', 'c'], ['b', 'd'])
    expect(d).toEqual({ add: ['d'], remove: ['a', 'c'] })
    expect(applied(['a', 'b', 'x', 'd'], d)).toEqual(['b', 'x', 'd'])
  })
})
