import { describe, expect, it } from 'vitest'
import { labelled, lineOf, snapped } from './line'

const day = 86_400_000
const at = Date.UTC(2026, 10, 29)

describe('a line of time', () => {
  const line = lineOf([at + 365 * day, at, at + 3600_000, at])
  it('has each moment once, in order, and air at both ends', () => {
    expect(line.times).toEqual([at, at + 3600_000, at + 365 * day])
    expect([line.first, line.last]).toEqual([at - 3600_000, at + 366 * day])
    expect([line.place(at - 9 * day), line.place(at + 999 * day)]).toEqual([0, 1])
  })
  it('draws a year no more than a few times as wide as an hour', () => {
    const [a, b, c] = line.times.map((t) => line.place(t)) as [number, number, number]
    expect((c - b) / (b - a)).toBeLessThan(4)
    expect((c - b) / (b - a)).toBeGreaterThan(1)
  })
  it('leads there and back', () => {
    for (const t of [at - 1800_000, at, at + 1800_000, at + 40 * day, at + 365 * day]) expect(Math.abs(line.time(line.place(t)) - t)).toBeLessThan(2000)
  })
  it('takes the moment that a place nearly is', () => {
    expect(snapped(line, line.place(at) + 0.005)).toBe(at)
    expect(snapped(line, line.place(at) + 0.05)).toBeGreaterThan(at)
  })
  it('labels what has room, and always the first and the last', () => {
    expect([...labelled(line, 0.9)]).toEqual([at, at + 365 * day])
    expect(labelled(line, 0).size).toBe(3)
  })
})
