import { actAs, type Made } from '@/api/act'
import { answer, api, Refusal, type Schemas } from '@/api/client'
import type { Order } from './order'

export interface QuotedVoucher {
  coupon_id: string
  stock_id: string
  coupon_name: string
  applies: boolean
  discount?: number
  reason?: string
  message?: string
  available_end_time: string
}
export interface Quote {
  vouchers: QuotedVoucher[]
  best_coupon_ids: string[]
  best_discount: number
}
export interface Promotion {
  coupon_id: string
  stock_id: string
  name?: string
  type: string
  amount: number
}
export interface Payment {
  transaction_id: string
  consume_time: string
  total: number
  discount: number
  payer_total: number
  promotion_detail: Promotion[]
  refunded?: number
}
export interface Refund {
  refund_id: string
  refund_time: string
  amount: number
  payer_refund: number
  discount_refund: number
  coupons_returned: boolean
}
export interface Payer {
  appid: string
  openid: string
}

/** Makes calls of the payment rail as a merchant; refusals are in one language. */
export function railOf(mchid: string, either: (zh?: string, en?: string) => string) {
  async function call<T>(method: 'GET' | 'POST', target: string, body?: object): Promise<T & { request: string }> {
    const made: Made = await actAs(mchid, method, target, body)
    if (made.status >= 300) throw new Refusal(made.status, 'REFUSED', either(made.refused_zh, made.refused_en))
    return { ...(JSON.parse(made.body ?? '{}') as T), request: made.request_id }
  }
  return {
    quote: (payer: Payer, order: Order) => call<Quote>('POST', '/rail/v1/quotes', { ...payer, order }),
    pay: (transaction_id: string, payer: Payer, order: Order, coupon_ids: string[]) => call<Payment>('POST', '/rail/v1/payments', { transaction_id, ...payer, order, ...(coupon_ids.length > 0 && { coupon_ids }) }),
    payment: (id: string) => call<Payment>('GET', `/rail/v1/payments/${encodeURIComponent(id)}`),
    refund: (id: string, refund_id: string, amount: number) => call<Refund>('POST', `/rail/v1/payments/${encodeURIComponent(id)}/refunds`, { refund_id, amount }),
    send: (payer: Payer, stock: { stock_id: string; mchid: string }, out_request_no: string) =>
      call<{ coupon_id: string }>('POST', `/v3/marketing/favor/users/${encodeURIComponent(payer.openid)}/coupons`, { stock_id: stock.stock_id, stock_creator_mchid: stock.mchid, appid: payer.appid, out_request_no }),
  }
}

export interface Told {
  delivery: Schemas['manage.Delivery']
  resource: string
}

/** How far back callbacks are looked for. */
const latest = 20

/** The callbacks about a payment, among the latest of a merchant: a voucher may have been used by others, too. */
export async function toldOf(mchid: string, payment: string, signal?: AbortSignal): Promise<Told[]> {
  const { deliveries } = await answer(api.GET('/manage/v1/deliveries', { params: { query: { mchid, product: 'favor', limit: latest } }, signal }))
  const used = deliveries.filter((d) => d.event_type === 'COUPON.USE')
  const all = await Promise.all(used.map((d) => answer(api.GET('/manage/v1/deliveries/{event_id}', { params: { path: { event_id: d.event_id }, query: { mchid } }, signal }))))
  return all.filter((d) => d.resource?.includes(`"${payment}"`)).map((d) => ({ delivery: d.delivery, resource: d.resource ?? '' }))
}
