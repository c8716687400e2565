import { describe, expect, it } from 'vitest'
import { at, clockOf, listOf, put, secondsOf } from './body'
import { copied } from './copy'
import { another, drop, fresh, keep, kindOf, unsaved, type Draft } from './drafts'
import { budgetOf, settle, startOf, stepsOf } from './kinds'
import { differences, pathOf, together } from './merge'
import { sorted, type Problem } from './problems'

const wrong = (field: string): Problem => ({ field, status: 400, code: 'PARAM_ERROR', message: '', text_zh: '', text_en: '' })

describe('a body', () => {
  it('is written by paths, and nothing empty stays in it', () => {
    const body = put({}, 'a.b.c', 1)
    expect(body).toEqual({ a: { b: { c: 1 } } })
    expect(at(body, 'a.b.c')).toBe(1)
    expect(at(body, 'a.x.c')).toBeUndefined()
    expect(put(body, 'a.b.c', '')).toEqual({})
    expect(put({ a: { n: 0 } }, 'a.n', 0)).toEqual({ a: { n: 0 } })
  })
  it('holds times of day in seconds', () => {
    expect(clockOf(36_030)).toBe('10:00:30')
    expect(secondsOf('10:00')).toBe(36_000)
    expect(secondsOf('x')).toBeUndefined()
    expect(listOf(' a,b\n c，d')).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a stock', () => {
  it('of vouchers has the budget that its numbers make', () => {
    const body = startOf('CASH', '1900000001', 'x', 'y')
    expect(at(body, 'stock_use_rule.max_amount')).toBe(50_000)
    expect(budgetOf(settle(put(body, 'stock_use_rule.max_coupons', 200)))).toBe(100_000)
    expect(at(settle(put(body, 'stock_use_rule.max_coupons', undefined)), 'stock_use_rule.max_amount')).toBeUndefined()
  })
  it('is copied with new times of the same length and another number', () => {
    const answer = {
      stock_id: '1', stock_state: 'RUNNING', stock_type: 'NORMAL', stock_name: 'x', out_request_no: 'old',
      coupon_use_rule: { coupon_available_time: { available_begin_time: '2026-01-01T00:00:00+08:00', available_end_time: '2026-01-02T00:00:00+08:00' } },
      display_pattern_info: { merchant_name: 'filled in', background_color: 'Color010' },
    }
    const { kind, body } = copied(answer, 'busifavor', [], Date.parse('2026-11-29T10:00:00+08:00'))
    expect(kind).toBe('NORMAL')
    expect(body.stock_id).toBeUndefined()
    expect(body.out_request_no).not.toBe('old')
    expect(body.display_pattern_info).toEqual({ background_color: 'Color010' })
    expect(at(body, 'coupon_use_rule.coupon_available_time')).toEqual({ available_begin_time: '2026-11-29T10:05:00+08:00', available_end_time: '2026-11-30T10:05:00+08:00' })
  })
})

describe('problems', () => {
  it('stand at their fields, and at none where there is none', () => {
    const found = sorted([wrong('stock_name'), wrong('coupon_use_rule.coupon_available_time.available_week.week_day.0'), wrong('coupon_use_rule.fixed_normal_coupon'), wrong('')], stepsOf('busifavor'), () => true)
    expect([...found.keys()]).toEqual(['stock_name', 'coupon_use_rule.coupon_available_time.available_week.week_day', 'coupon_use_rule.fixed_normal_coupon.discount_amount', ''])
  })
})

describe('drafts', () => {
  it('that the server has not got are kept, the latest first, and a broken store is none', () => {
    const kept = new Map<string, string>()
    const store = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) }
    const draft = (id: string): Draft => ({ ...fresh('NORMAL', '1', {}), id })
    keep(draft('a'), store)
    keep(draft('b'), store)
    keep(draft('a'), store)
    expect(unsaved(store).map((d) => d.id)).toEqual(['a', 'b'])
    drop('a', store)
    expect(unsaved(store).map((d) => d.id)).toEqual(['b'])
    kept.set('favord.drafts', '{')
    expect(unsaved(store)).toEqual([])
    kept.set('favord.drafts', '[{"id":"old","kind":"NORMAL","mchid":"1","body":{},"saved":1}]')
    expect(unsaved(store)).toEqual([{ id: 'old', kind: 'NORMAL', mchid: '1', body: {}, saved: 1, title: '', version: 0, base: { title: '', body: {} } }])
  })
  it('are of the kind that their bodies make, and a copy can be created besides', () => {
    expect(kindOf('favor', { no_cash: true })).toBe('NOCASH')
    expect(kindOf('busifavor', { stock_type: 'DISCOUNT' })).toBe('DISCOUNT')
    expect(kindOf('busifavor', {})).toBe('NORMAL')
    const one = fresh('NORMAL', '1', { out_request_no: 'n' })
    const two = another(one, 't')
    expect(two.id).not.toBe(one.id)
    expect(two.id).toMatch(/^[0-9a-z]{14}$/)
    expect(two.body.out_request_no).not.toBe('n')
  })
  it('of two editors are put together, and what both changed is shown first', () => {
    const base = { title: '', body: { stock_name: 'a', rule: { n: 1, list: ['x'], m: 5 } } }
    const mine = { title: 'T', body: { stock_name: 'a', rule: { n: 2, list: ['x'] } } }
    const theirs = { title: '', body: { stock_name: 'b', rule: { n: 3, list: ['x', 'y'], m: 5 }, extra: true } }
    expect(differences(base, mine, theirs).map((d) => [d.name, d.before, d.mine, d.theirs])).toEqual([
      ['body.rule.n', '1', '2', '3'],
      ['body.stock_name', '"a"', '"a"', '"b"'],
      ['body.rule.list', '["x"]', '["x"]', '["x","y"]'],
      ['body.extra', '', '', 'true'],
    ])
    expect(together(base, mine, theirs)).toEqual({ title: 'T', body: { stock_name: 'b', rule: { n: 2, list: ['x', 'y'] }, extra: true } })
    expect(pathOf('body.rule.n')).toBe('rule.n')
  })
})
