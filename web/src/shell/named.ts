import { answer, api } from '@/api/client'

/** A stock by its name. */
export interface Named {
  id: string
  name: string
  favor: boolean
}

/** How many of the latest stocks of each product are known by their names. */
const most = 200

/** The latest stocks of the chosen merchant, or of all; those of vouchers are of somebody. What cannot be
 * read is left out. */
export async function recent(chosen: string, somebody: string): Promise<Named[]> {
  const [coupons, vouchers] = await Promise.allSettled([
    answer(api.GET('/manage/v1/stocks', { params: { query: { mchid: chosen || undefined, limit: most } } })),
    answer(api.GET('/manage/v1/voucher-stocks', { params: { query: { mchid: somebody, limit: most } } })),
  ])
  return [...all(coupons, false), ...all(vouchers, true)]
}

function all(page: PromiseSettledResult<{ stocks: { stock_id: string; name: string }[] }>, favor: boolean): Named[] {
  return page.status === 'fulfilled' ? page.value.stocks.map((s) => ({ id: s.stock_id, name: s.name, favor })) : []
}

/** Those whose names have what is typed. */
export function named(stocks: Named[], typed: string): Named[] {
  const wanted = typed.trim().toLowerCase()
  return wanted === '' ? [] : stocks.filter((s) => s.name.toLowerCase().includes(wanted))
}
