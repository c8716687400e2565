import { yuan } from '@/format/money'
import { millis } from '@/format/time'
import type { Key } from '@/i18n'
import { at, type Body } from './body'

/** What the API takes, but hardly anybody means: worth a second look before it is created. */
export interface Doubt {
  /** The field that it is about. */
  path: string
  text: Key<'draft'>
  named?: Record<string, unknown>
}

const rule = 'coupon_use_rule'
const hour = 3_600_000
const day = 24 * hour

function number(body: Body, ...paths: string[]): number | undefined {
  return paths.map((p) => at(body, p)).find((v) => typeof v === 'number')
}

function benefit(body: Body): (Doubt | false)[] {
  const off = number(body, `${rule}.fixed_normal_coupon.discount_amount`)
  const minimum = number(body, `${rule}.fixed_normal_coupon.transaction_minimum`)
  const percent = number(body, `${rule}.discount_coupon.discount_percent`)
  const price = number(body, `${rule}.exchange_coupon.exchange_price`)
  return [
    off !== undefined && minimum !== undefined && minimum <= off && { path: `${rule}.fixed_normal_coupon.discount_amount`, text: 'draft.doubts.free', named: { off: yuan(off), minimum: yuan(minimum) } },
    percent !== undefined && percent < 50 && { path: `${rule}.discount_coupon.discount_percent`, text: 'draft.doubts.percent', named: { pay: percent, off: 100 - percent } },
    percent === 100 && { path: `${rule}.discount_coupon.discount_percent`, text: 'draft.doubts.nothing' },
    price === 0 && { path: `${rule}.exchange_coupon.exchange_price`, text: 'draft.doubts.gift' },
  ]
}

function period(body: Body): (Doubt | false)[] {
  const available = `${rule}.coupon_available_time`
  const ends = ['available_end_time', `${available}.available_end_time`].find((p) => at(body, p) !== undefined) ?? ''
  const [begin, end] = [ends.replace('end_time', 'begin_time'), ends].map((p) => millis(String(at(body, p) ?? '')))
  const lasts = (end ?? NaN) - (begin ?? NaN)
  const days = number(body, `${available}.available_day_after_receive`)
  return [
    lasts > 0 && lasts < hour && { path: ends, text: 'draft.doubts.short', named: { n: Math.max(1, Math.round(lasts / 60_000)) } },
    days !== undefined && lasts > 0 && days * day > lasts + day && { path: `${available}.available_day_after_receive`, text: 'draft.doubts.outlives', named: { n: days } },
  ]
}

function limits(body: Body): (Doubt | false)[] {
  const rules = at(body, 'stock_use_rule') === undefined ? 'stock_send_rule' : 'stock_use_rule'
  const [all, each, daily] = ['max_coupons', 'max_coupons_per_user', 'max_coupons_by_day'].map((name) => number(body, `${rules}.${name}`))
  return [
    all !== undefined && each !== undefined && each > all && { path: `${rules}.max_coupons_per_user`, text: 'draft.doubts.each' },
    all !== undefined && daily !== undefined && daily > all && { path: `${rules}.max_coupons_by_day`, text: 'draft.doubts.daily' },
  ]
}

/** Everything in a body that is worth a second look. */
export function doubtsOf(body: Body): Doubt[] {
  return [...benefit(body), ...period(body), ...limits(body)].filter((d): d is Doubt => d !== false)
}
