import { describe, expect, it } from 'vitest'
import { count, fenOf, share, yuan } from './money'
import { asBeijing, clockOf, span, took, wallTime, wallTimeOf } from './time'

describe('times', () => {
  it('are shown as the server wrote them, whatever the zone', () => {
    expect(wallTime('2026-11-29T04:16:31+08:00')).toBe('2026-11-29 04:16:31')
    expect(wallTime(undefined)).toBe('')
  })
  it('count in Beijing', () => {
    expect(clockOf(0)).toBe('08:00:00.000')
    expect(wallTimeOf(1_764_000_000_000)).toBe('2025-11-25 00:00:00')
  })
  it('keep what a person typed', () => {
    expect(asBeijing('2026-11-29 04:16')).toBe('2026-11-29T04:16:00+08:00')
    expect(asBeijing('2026-11-29 04:16:31')).toBe('2026-11-29T04:16:31+08:00')
  })
  it('are told in two units at most', () => {
    expect(span(90_061_000, 'en')).toBe('1 d 1 h')
    expect(span(-3_000, 'zh')).toBe('3 秒')
    expect(span(0, 'zh')).toBe('0 秒')
    expect(span(86_400_000 + 60_000, 'en')).toBe('1 d')
    expect(span(1825 * 86_400_000 + 7_200_000, 'en')).toBe('1825 d')
    expect(took(999)).toBe('999 µs')
    expect(took(1_234)).toBe('1.2 ms')
    expect(took(2_050_000)).toBe('2.05 s')
  })
})

describe('money', () => {
  it('is whole fen', () => {
    expect(yuan(441335)).toBe('¥4,413.35')
    expect(yuan(-5)).toBe('−¥0.05')
    expect(yuan(500)).toBe('¥5')
  })
  it('is typed in yuan and never goes through a fraction', () => {
    expect(fenOf('12.5')).toBe(1250)
    expect(fenOf('0.29')).toBe(29)
    expect(fenOf('1,000')).toBe(100000)
    expect(fenOf('¥ 3')).toBe(300)
    for (const wrong of ['', '.5', '1.234', '-1', '1e3', '十']) expect(fenOf(wrong), wrong).toBeUndefined()
  })
  it('is counted in groups of three', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(count(12)).toBe('12')
  })
})

describe('a share', () => {
  it('is never whole before all is done', () => {
    expect(share(999_999, 1_000_000)).toBe('99.9%')
    expect(share(1, 1_000_000)).toBe('< 0.1%')
    expect(share(0, 10)).toBe('0%')
    expect(share(10, 10)).toBe('100%')
    expect(share(0, 0)).toBe('–')
    expect(share(996, 1000)).toBe('99%')
    expect(share(82, 100)).toBe('82%')
    expect(share(1, 40)).toBe('2.5%')
  })
})
