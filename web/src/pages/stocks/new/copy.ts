import { freshNumber } from '@/api/act'
import { asBeijing, millis, wallTimeOf } from '@/format/time'
import { at, put, type Body } from './body'
import { settle, type Kind } from './kinds'

/** What a merchant coupon's answer (B2) has and a request has not. */
const answered = ['stock_id', 'stock_state', 'coupon_code_count', 'send_count_information', 'create_time']

/** A request that makes another stock like the answered one, beginning now and lasting as long. */
export function copied(answer: Body, product: 'busifavor' | 'favor', merchants: string[], now: number): { kind: Kind; body: Body } {
  return product === 'favor' ? voucher(answer, merchants, now) : coupon(answer, now)
}

function coupon(answer: Body, now: number): { kind: Kind; body: Body } {
  let body: Body = { ...answer, out_request_no: freshNumber('console') }
  for (const name of answered) delete body[name]
  body = put(body, 'display_pattern_info.merchant_name', undefined)
  body = put(body, 'coupon_use_rule.coupon_available_time.irregulary_avaliable_time', undefined)
  const path = 'coupon_use_rule.coupon_available_time'
  body = shifted(body, `${path}.available_begin_time`, `${path}.available_end_time`, now)
  return { kind: body.stock_type as Kind, body }
}

function voucher(answer: Body, merchants: string[], now: number): { kind: Kind; body: Body } {
  const rule = (answer.stock_use_rule ?? {}) as Body
  const body: Body = {
    stock_name: answer.stock_name,
    belong_merchant: answer.stock_creator_mchid,
    available_begin_time: answer.available_begin_time,
    available_end_time: answer.available_end_time,
    no_cash: answer.no_cash,
    stock_type: 'NORMAL',
    out_request_no: freshNumber('console'),
    stock_use_rule: {
      max_coupons: rule.max_coupons,
      max_coupons_per_user: rule.max_coupons_per_user,
      ...(rule.max_amount_by_day ? { max_amount_by_day: rule.max_amount_by_day } : {}),
      natural_person_limit: false,
      prevent_api_abuse: false,
    },
    coupon_use_rule: { fixed_normal_coupon: rule.fixed_normal_coupon, combine_use: rule.combine_use, available_merchants: merchants },
  }
  const filled = ['goods_tag', 'trade_type'].reduce((b, name) => put(b, `coupon_use_rule.${name}`, rule[name]), body)
  const described = put(filled, 'pattern_info.description', answer.description)
  return { kind: answer.no_cash ? 'NOCASH' : 'CASH', body: settle(shifted(described, 'available_begin_time', 'available_end_time', now)) }
}

/** The same span, from the next full minute on. */
function shifted(body: Body, begin: string, end: string, now: number): Body {
  const [from, until] = [millis(String(at(body, begin))), millis(String(at(body, end)))]
  const start = Math.ceil(now / 60_000 + 5) * 60_000
  return put(put(body, begin, asBeijing(wallTimeOf(start))), end, asBeijing(wallTimeOf(start + until - from)))
}
