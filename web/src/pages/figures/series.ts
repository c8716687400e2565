import type { Schemas } from '@/api/client'

export type Point = Pick<Schemas['manage.Point'], 'time' | 'kind' | 'count' | 'amount'>
export type Step = 'HOUR' | 'DAY'
/** What is drawn, in the order of a coupon's life. */
export const kinds = ['ISSUED', 'USED', 'RETURNED', 'DEACTIVATED'] as const
export type Kind = (typeof kinds)[number]

const hour = 3_600_000
const day = 24 * hour
const beijing = 8 * hour
const lengths: Record<Step, number> = { HOUR: hour, DAY: day }
const shown: Record<Step, number> = { HOUR: 48, DAY: 14 }

/** The latest two days by hours, or two weeks by Beijing's days: milliseconds since 1970, the end exclusive. */
export function spanOf(step: Step, now: number): { from: number; until: number } {
  const length = lengths[step]
  const until = (Math.floor((now + beijing) / length) + 1) * length - beijing
  return { from: until - shown[step] * length, until }
}

export interface Columns {
  /** When each hour or day begins, in milliseconds since 1970. */
  times: number[]
  counts: Record<Kind, number[]>
  /** What was taken off, in fen. */
  amounts: number[]
}

/** The points as columns without gaps: where nothing happened there is a zero. */
export function columnsOf(points: Point[], step: Step, from: number, until: number): Columns {
  const length = lengths[step]
  const times = Array.from({ length: Math.round((until - from) / length) }, (_, i) => from + i * length)
  const zeros = () => times.map(() => 0)
  const columns: Columns = { times, counts: { ISSUED: zeros(), USED: zeros(), RETURNED: zeros(), DEACTIVATED: zeros() }, amounts: zeros() }
  for (const p of points) {
    const i = Math.floor((Date.parse(p.time) - from) / length)
    if (i < 0 || i >= times.length) continue
    const column = columns.counts[p.kind as Kind]
    if (column) column[i] = column[i]! + p.count
    if (p.kind === 'USED') columns.amounts[i] = columns.amounts[i]! + (p.amount ?? 0)
    if (p.kind === 'RETURNED') columns.amounts[i] = columns.amounts[i]! - (p.amount ?? 0)
  }
  return columns
}

/** The columns as a file for spreadsheets, which want a mark to read it as UTF-8. */
export function csvOf(columns: Columns, heads: string[], timeOf: (ms: number) => string): string {
  const rows = columns.times.map((time, i) => [timeOf(time), ...kinds.map((k) => columns.counts[k][i]), (columns.amounts[i]! / 100).toFixed(2)].join(','))
  return `\uFEFF${[heads.join(','), ...rows].join('\r\n')}\r\n`
}
