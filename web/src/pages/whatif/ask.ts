import { answer, api, type Schemas } from '@/api/client'

export type Foresight = Schemas['manage.Foresight']

/** What is asked about: a coupon or a voucher to be used, or a stock to be claimed from. */
export interface Question {
  deed: 'USE' | 'CLAIM'
  product: 'busifavor' | 'favor'
  stock: string
  /** The coupon's code, or the voucher's id. */
  code?: string
  at?: string
  /** The order's amount in fen. */
  total?: number
  openid?: string
  channel?: 'API' | 'H5' | 'MINIAPP'
}

/** Asks the rules that decide over the calls; nothing changes. */
export function ask(q: Question, signal?: AbortSignal): Promise<Foresight> {
  const common = { ...(q.at && { at: q.at }), ...(q.deed === 'CLAIM' && { openid: q.openid, channel: q.channel }) }
  if (q.product === 'busifavor') {
    const body = { ...common, deed: q.deed, stock_id: q.stock, ...(q.code && { coupon_code: q.code }), ...(q.total !== undefined && { total: q.total }) }
    return answer(api.POST('/manage/v1/whatif', { body, signal }))
  }
  const what = q.deed === 'USE' ? { voucher_id: q.code, ...(q.total !== undefined && { order: { total: q.total } }) } : { stock_id: q.stock }
  return answer(api.POST('/manage/v1/whatif/vouchers', { body: { ...common, ...what }, signal }))
}
