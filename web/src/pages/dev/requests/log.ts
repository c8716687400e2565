import type { Schemas } from '@/api/client'

export type Line = Schemas['manage.JournalLine']

/** How many requests the page keeps: as many as the sandbox does. */
export const most = 5000

/** The list of the log: the newest first, and what came while the reader was looking. */
export interface Log {
  shown: Line[]
  /** What is newer than what is shown, the newest first. */
  waiting: Line[]
}

/** Adds requests that came, without those that are there. The reader sees them at once only when
 * nothing would move under the pointer. */
export function add(log: Log, came: Line[], atOnce: boolean): Log {
  const newest = log.waiting[0]?.sequence ?? log.shown[0]?.sequence ?? 0
  const fresh = came.filter((l) => l.sequence > newest).reverse()
  if (fresh.length === 0) return log
  const waiting = [...fresh, ...log.waiting].slice(0, most)
  return atOnce ? show({ ...log, waiting }) : { ...log, waiting }
}

/** Shows what waits. */
export function show(log: Log): Log {
  return { shown: [...log.waiting, ...log.shown].slice(0, most), waiting: [] }
}

/** The path without its query, and the query. */
export function split(target: string): [path: string, query: string] {
  const at = target.indexOf('?')
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at)]
}

/** JSON with indents if it is JSON, else the text. */
export function pretty(text: string | undefined): string {
  if (!text) return ''
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
