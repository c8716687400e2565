import { describe, expect, it } from 'vitest'
import { monthsOf } from './calendar'

describe('a calendar', () => {
  it('has whole weeks from Monday, and a letter for each day of the stock', () => {
    const months = monthsOf('2026-11-29', 'PANA')
    expect(months.map((m) => [m.name, m.weeks.length, m.usable])).toEqual([['2026-11', 6, 2], ['2026-12', 5, 1]])
    expect(months[0]!.weeks[0]!.map((d) => d?.number)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, 1])
    expect(months[0]!.weeks[5]!.slice(0, 2).map((d) => d && [d.date, d.use])).toEqual([['2026-11-30', 'A'], undefined])
    expect(months[1]!.weeks[0]!.map((d) => d?.use)).toEqual([undefined, 'N', 'A', '', '', '', ''])
  })
  it('knows leap days', () => {
    expect(monthsOf('2028-02-28', 'AAA').map((m) => m.usable)).toEqual([2, 1])
  })
})
