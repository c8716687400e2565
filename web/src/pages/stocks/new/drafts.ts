import { freshNumber } from '@/api/act'
import { answer, api, type Schemas } from '@/api/client'
import { put, type Body } from './body'
import { operationOf, productOf, type Kind, type Product } from './kinds'

/** A draft as it is on the page: what the server has of it and what was typed since. */
export interface Draft {
  id: string
  kind: Kind
  mchid: string
  title: string
  body: Body
  /** Milliseconds since 1970. */
  saved: number
  /** The server's version that it comes from, and what that said; 0 for none. */
  version: number
  base: Said
}

/** What a draft says. */
export interface Said {
  title: string
  body: Body
}

export type Kept = Schemas['manage.Draft']

export const saidBy = (kept: Kept): Said => ({ title: kept.title ?? '', body: read(kept.body) })

function read(body: string): Body {
  try {
    return JSON.parse(body) as Body
  } catch {
    return {}
  }
}

/** The kind of stock that a body makes. */
export function kindOf(product: Product, body: Body): Kind {
  if (product === 'favor') return body.no_cash ? 'NOCASH' : 'CASH'
  return body.stock_type === 'DISCOUNT' || body.stock_type === 'EXCHANGE' ? body.stock_type : 'NORMAL'
}

/** A draft as the server has it. */
export function draftOf(kept: Kept): Draft {
  const base = saidBy(kept)
  const product = kept.operation.startsWith('favor.') ? 'favor' : 'busifavor'
  return { id: kept.draft_id, kind: kindOf(product, base.body), mchid: kept.mchid, ...base, saved: Date.parse(kept.update_time), version: kept.version, base }
}

/** A draft that the server does not have yet. */
export const fresh = (kind: Kind, mchid: string, body: Body, title = ''): Draft => ({ id: freshID(), kind, mchid, title, body, saved: Date.now(), version: 0, base: { title: '', body: {} } })

/** Another stock like it: with another request number, it can be created besides. */
export const another = (d: Draft, title: string): Draft => fresh(d.kind, d.mchid, put(d.body, 'out_request_no', freshNumber('console')), title)

export const nameOf = (d: Said): string => d.title || String(d.body.stock_name ?? '')

const one = (id: string) => ({ params: { path: { draft_id: id } } })

export const list = (mchid: string, after: string, signal?: AbortSignal) =>
  answer(api.GET('/manage/v1/drafts', { params: { query: { ...(mchid && { mchid }), ...(after && { after }) } }, signal }))
export const get = (id: string) => answer(api.GET('/manage/v1/drafts/{draft_id}', one(id)))
export const remove = (id: string) => answer(api.DELETE('/manage/v1/drafts/{draft_id}', one(id)))
export const save = (d: Draft) =>
  answer(api.PUT('/manage/v1/drafts/{draft_id}', { ...one(d.id), body: { mchid: d.mchid, operation: operationOf(productOf(d.kind)), title: d.title, body: JSON.stringify(d.body), version: d.version } }))

// What the server has not got yet is kept in the browser: an expired session or a lost connection
// loses nothing.
const place = 'favord.drafts'
/** How many are kept; the oldest go. */
const most = 20

export function unsaved(kept: Pick<Storage, 'getItem'> = localStorage): Draft[] {
  try {
    const found = JSON.parse(kept.getItem(place) ?? '[]') as unknown
    if (!Array.isArray(found)) return []
    return (found as Draft[]).filter((d) => d && typeof d.id === 'string' && typeof d.body === 'object').map((d) => ({ ...d, title: d.title ?? '', version: d.version ?? 0, base: d.base ?? { title: '', body: {} } }))
  } catch {
    return []
  }
}

/** Keeps a draft in front of the others. Returns false where the browser keeps nothing. */
export function keep(draft: Draft, kept: Pick<Storage, 'getItem' | 'setItem'> = localStorage): boolean {
  return write([draft, ...unsaved(kept).filter((d) => d.id !== draft.id)].slice(0, most), kept)
}

export function drop(id: string, kept: Pick<Storage, 'getItem' | 'setItem'> = localStorage): boolean {
  return write(unsaved(kept).filter((d) => d.id !== id), kept)
}

function write(list: Draft[], kept: Pick<Storage, 'setItem'>): boolean {
  try {
    kept.setItem(place, JSON.stringify(list))
    return true
  } catch {
    return false
  }
}

function freshID(): string {
  return [...crypto.getRandomValues(new Uint32Array(2))].map((n) => n.toString(36).padStart(7, '0')).join('')
}
