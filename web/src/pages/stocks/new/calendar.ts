/** On which days a coupon may be used. All days are counted in UTC as if they were Beijing's: no zone
 * of the browser moves them. */
export interface Day {
  /** 2026-12-01 */
  date: string
  number: number
  /** A for all of it, P for a part, N for none; empty outside the stock's time. */
  use: '' | 'A' | 'P' | 'N'
}

export interface Month {
  /** 2026-12 */
  name: string
  /** Weeks from Monday on; a day of another month is none. */
  weeks: (Day | undefined)[][]
  /** Days on which a coupon may be used at some time. */
  usable: number
}

const aDay = 86_400_000
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** The months from a first day on, for a letter a day. */
export function monthsOf(first: string, letters: string): Month[] {
  const begin = Date.parse(`${first}T00:00:00Z`)
  const uses = new Map([...letters].map((use, i) => [dateOf(begin + i * aDay), use as Day['use']]))
  const months: Month[] = []
  const end = begin + (letters.length - 1) * aDay
  for (let at = Date.parse(`${first.slice(0, 7)}-01T00:00:00Z`); at <= end; ) {
    const name = dateOf(at).slice(0, 7)
    const cells: (Day | undefined)[] = Array.from({ length: (new Date(at).getUTCDay() + 6) % 7 }, () => undefined)
    for (; dateOf(at).slice(0, 7) === name; at += aDay) cells.push({ date: dateOf(at), number: new Date(at).getUTCDate(), use: uses.get(dateOf(at)) ?? '' })
    while (cells.length % 7 > 0) cells.push(undefined)
    const weeks = Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7))
    months.push({ name, weeks, usable: cells.filter((d) => d?.use === 'A' || d?.use === 'P').length })
  }
  return months
}
