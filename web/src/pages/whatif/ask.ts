import { answer, api, type Schemas } from '@/api/client'

export type Foresight = Schemas['manage.Foresight']

/** What is asked about: a coupon or a voucher that is to be used. */
export interface Question {
  product: 'busifavor' | 'favor'
  stock: string
  /** The coupon's code, or the voucher's id. */
  code: string
  at?: string
  /** The order's amount in fen. */
  total?: number
}

/** Asks the rules that decide over the calls; nothing changes. */
export function ask(q: Question, signal?: AbortSignal): Promise<Foresight> {
  const at = q.at && { at: q.at }
  if (q.product === 'busifavor') return answer(api.POST('/manage/v1/whatif', { body: { ...at, deed: 'USE', stock_id: q.stock, coupon_code: q.code, ...(q.total !== undefined && { total: q.total }) }, signal }))
  return answer(api.POST('/manage/v1/whatif/vouchers', { body: { ...at, voucher_id: q.code, ...(q.total !== undefined && { order: { total: q.total } }) }, signal }))
}
