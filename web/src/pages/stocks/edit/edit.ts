import { freshNumber } from '@/api/act'
import { at, put, type Body } from '@/pages/stocks/new/body'

/** What may be changed about a stock here, and where the API has it. */
export const paths = {
  max_coupons: 'stock_send_rule.max_coupons',
  max_coupons_by_day: 'stock_send_rule.max_coupons_by_day',
  prevent_api_abuse: 'stock_send_rule.prevent_api_abuse',
  goods_name: 'goods_name',
  comment: 'comment',
  description: 'display_pattern_info.description',
  coupon_image_url: 'display_pattern_info.coupon_image_url',
} as const
export type Name = keyof typeof paths
export const names = Object.keys(paths) as Name[]
export type Values = Record<Name, string>

const counts: Name[] = ['max_coupons', 'max_coupons_by_day']

/** The values of a stock, as the API answers it, as text. */
export function valuesOf(answer: Body): Values {
  return Object.fromEntries(names.map((n) => [n, String(at(answer, paths[n]) ?? (n === 'prevent_api_abuse' ? 'false' : ''))])) as Values
}

/** What is wrong before anything is sent; the server knows the rest. */
export function wrongIn(v: Values): Name | undefined {
  return counts.find((n) => v[n] !== '' && !/^[1-9]\d{0,9}$/.test(v[n]))
}

export interface Change {
  target: string
  body: Body
}

/** The calls that lead from what is there to what is wanted. Quantities name what is there: another
 * editor in between is refused by the server. */
export function changesOf(stock: string, is: Values, wanted: Values): Change[] {
  const target = `/v3/marketing/busifavor/stocks/${stock}`
  const changes: Change[] = []
  for (const n of counts)
    if (wanted[n] !== is[n] && wanted[n] !== '')
      changes.push({ target: `${target}/budget`, body: { [`target_${n}`]: Number(wanted[n]), [`current_${n}`]: Number(is[n] || '0'), modify_budget_request_no: freshNumber('edit') } })
  let body: Body = {}
  for (const n of names) {
    if (counts.includes(n) || wanted[n] === is[n]) continue
    // The API has no empty image: one that there is can be replaced, not taken away.
    if (n === 'coupon_image_url' && wanted[n] === '') continue
    // A notice may be emptied, which is said.
    if (n === 'description' && wanted[n] === '') body = { ...body, display_pattern_info: { description: '' } }
    else body = put(body, paths[n], n === 'prevent_api_abuse' ? wanted[n] === 'true' : wanted[n])
  }
  if (Object.keys(body).length > 0) changes.push({ target, body: { out_request_no: freshNumber('edit'), ...body } })
  return changes
}
