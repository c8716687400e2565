import { actAs } from '@/api/act'
import { answer, api, Refusal } from '@/api/client'

/** What may be changed about a stock of vouchers: goods that it is for (none: whole orders), and who else may send it. */
export interface Lists {
  goods: string[]
  senders: string[]
}

/** What was added to a list and what was taken away. */
export interface Delta {
  add: string[]
  remove: string[]
}

export const delta = (before: string[], after: string[]): Delta => ({ add: after.filter((x) => !before.includes(x)), remove: before.filter((x) => !after.includes(x)) })
export const isNothing = (d: Delta) => d.add.length === 0 && d.remove.length === 0
/** The change on top of a list that somebody else may have changed meanwhile. */
export const applied = (list: string[], d: Delta) => [...list.filter((x) => !d.remove.includes(x)), ...d.add.filter((x) => !list.includes(x))]

async function made(mchid: string, method: 'GET' | 'POST', target: string, body: object | undefined, either: (zh?: string, en?: string) => string): Promise<Record<string, unknown>> {
  const got = await actAs(mchid, method, target, body)
  if (got.status >= 300) throw new Refusal(got.status, 'REFUSED', either(got.refused_zh, got.refused_en))
  return JSON.parse(got.body || '{}') as Record<string, unknown>
}

const stock = (id: string) => `/v3/marketing/favor/stocks/${id}`
const path = (id: string) => ({ params: { path: { stock_id: id } } })

export async function read(id: string, mchid: string, either: (zh?: string, en?: string) => string): Promise<Lists> {
  const [items, shown] = await Promise.all([made(mchid, 'GET', `${stock(id)}/items?offset=0&limit=100&stock_creator_mchid=${mchid}`, undefined, either), answer(api.GET('/manage/v1/voucher-stocks/{stock_id}', path(id)))])
  return { goods: (items.data as string[] | undefined) ?? [], senders: shown.senders ?? [] }
}

/** Sends what differs; what somebody else changed meanwhile stays. */
export async function change(id: string, mchid: string, goods: Delta, senders: Delta, either: (zh?: string, en?: string) => string): Promise<void> {
  if (!isNothing(goods))
    await made(mchid, 'POST', `${stock(id)}/modify-goods-id`, { stock_creator_mchid: mchid, ...(goods.add.length > 0 && { add_goods_id_list: goods.add }), ...(goods.remove.length > 0 && { delete_goods_id_list: goods.remove }) }, either)
  if (isNothing(senders)) return
  const now = await answer(api.GET('/manage/v1/voucher-stocks/{stock_id}', path(id)))
  await answer(api.PUT('/manage/v1/voucher-stocks/{stock_id}/senders', { ...path(id), body: { senders: applied(now.senders ?? [], senders) } }))
}
