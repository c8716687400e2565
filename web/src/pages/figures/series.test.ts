import { describe, expect, it } from 'vitest'
import { columnsOf, csvOf, spanOf } from './series'

describe('what happened', () => {
  const now = Date.parse('2026-11-29T17:30:00+08:00')
  it('is looked at by whole days of Beijing and whole hours', () => {
    const days = spanOf('DAY', now)
    expect(new Date(days.until).toISOString()).toBe('2026-11-29T16:00:00.000Z')
    expect(days.until - days.from).toBe(14 * 86_400_000)
    expect(new Date(spanOf('HOUR', now).until).toISOString()).toBe('2026-11-29T10:00:00.000Z')
  })
  it('has a zero where nothing happened, and what was returned counts against what was taken off', () => {
    const { from, until } = spanOf('DAY', now)
    const at = '2026-11-29T00:00:00+08:00'
    const columns = columnsOf(
      [
        { time: at, kind: 'USED', count: 2, amount: 1000 },
        { time: at, kind: 'USED', count: 1, amount: 500 },
        { time: at, kind: 'RETURNED', count: 1, amount: 500 },
        { time: '2020-01-01T00:00:00+08:00', kind: 'USED', count: 9 },
      ],
      'DAY',
      from,
      until,
    )
    expect(columns.times).toHaveLength(14)
    expect(columns.counts.USED.slice(-2)).toEqual([0, 3])
    expect(columns.amounts.at(-1)).toBe(1000)
    const lines = csvOf(columns, ['t', 'a', 'b', 'c', 'd', 'e'], (ms) => new Date(ms).toISOString()).split('\r\n')
    expect(lines[0]).toBe('\uFEFFt,a,b,c,d,e')
    expect(lines[14]).toBe('2026-11-28T16:00:00.000Z,0,3,1,0,10.00')
  })
})
