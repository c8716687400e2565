import type { Body } from './body'
import type { Kind } from './kinds'

/** A stock that is not created yet, kept in the browser: leaving the page or being signed out loses nothing. */
export interface Draft {
  id: string
  kind: Kind
  mchid: string
  body: Body
  /** Milliseconds since 1970. */
  saved: number
}

const place = 'favord.drafts'
/** How many are kept; the oldest go. */
const most = 20

export function drafts(kept: Pick<Storage, 'getItem'> = localStorage): Draft[] {
  try {
    const list = JSON.parse(kept.getItem(place) ?? '[]') as unknown
    return Array.isArray(list) ? (list as Draft[]).filter((d) => d && typeof d.id === 'string' && typeof d.body === 'object') : []
  } catch {
    return []
  }
}

/** Keeps a draft in front of the others. Returns false where the browser keeps nothing. */
export function keep(draft: Draft, kept: Pick<Storage, 'getItem' | 'setItem'> = localStorage): boolean {
  return write([draft, ...drafts(kept).filter((d) => d.id !== draft.id)].slice(0, most), kept)
}

export function drop(id: string, kept: Pick<Storage, 'getItem' | 'setItem'> = localStorage): boolean {
  return write(drafts(kept).filter((d) => d.id !== id), kept)
}

function write(list: Draft[], kept: Pick<Storage, 'setItem'>): boolean {
  try {
    kept.setItem(place, JSON.stringify(list))
    return true
  } catch {
    return false
  }
}

export function freshID(): string {
  return [...crypto.getRandomValues(new Uint32Array(2))].map((n) => n.toString(36)).join('')
}
