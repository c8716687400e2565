import { answer, api, type Schemas } from '@/api/client'

export type Line = Schemas['manage.JournalLine']

/** What a new sandbox has seen. */
export interface Seen {
  call: boolean
  coupon: boolean
  redeem: boolean
}

const good = (l: Line) => l.verified && l.status < 400

/** What a part of the journal shows. */
export function seenIn(lines: Line[]): Seen {
  const called = (id: string) => lines.some((l) => good(l) && l.operation === id)
  return { call: lines.some(good), coupon: called('busifavor.coupons.send'), redeem: called('busifavor.coupons.use') }
}

/** Asks for the newest good request of some kind. */
async function any(operation: string): Promise<boolean> {
  const page = await answer(api.GET('/manage/v1/journal', { params: { query: { operation, status: '2xx', limit: 1 } } }))
  return page.requests.some(good)
}

/** What the whole journal shows, and where it ends. */
export async function seenAll(): Promise<{ seen: Seen; latest: Line[]; last: number }> {
  const [page, coupon, redeem] = await Promise.all([
    answer(api.GET('/manage/v1/journal', { params: { query: { limit: 5 } } })),
    any('busifavor.coupons.send'),
    any('busifavor.coupons.use'),
  ])
  return { seen: { call: page.requests.some(good) || coupon, coupon, redeem }, latest: page.requests, last: page.last }
}

/** The code of the coupon that was issued last, to be redeemed next. */
export async function lastCode(): Promise<string> {
  const page = await answer(api.GET('/manage/v1/journal', { params: { query: { operation: 'busifavor.coupons.send', status: '2xx', limit: 1 } } }))
  const line = page.requests[0]
  if (!line) return 'CODE'
  const entry = await answer(api.GET('/manage/v1/journal/{request_id}', { params: { path: { request_id: line.request_id } } }))
  return /"coupon_code"\s*:\s*"([^"]+)"/.exec(entry.answer_body ?? '')?.[1] ?? 'CODE'
}
