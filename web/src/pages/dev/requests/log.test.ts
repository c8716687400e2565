import { describe, expect, it } from 'vitest'
import { add, most, pretty, show, split, type Line } from './log'

const lines = (...sequences: number[]) => sequences.map((sequence) => ({ sequence }) as Line)
const numbers = (list: Line[]) => list.map((l) => l.sequence)

describe('the log', () => {
  it('never moves what is under the pointer', () => {
    const log = add({ shown: lines(2, 1), waiting: [] }, lines(3, 4), false)
    expect(numbers(log.shown)).toEqual([2, 1])
    expect(numbers(log.waiting)).toEqual([4, 3])
    expect(numbers(show(log).shown)).toEqual([4, 3, 2, 1])
  })
  it('takes each request once', () => {
    let log = add({ shown: lines(2, 1), waiting: [] }, lines(1, 2, 3), true)
    log = add(log, lines(3, 4), true)
    expect(numbers(log.shown)).toEqual([4, 3, 2, 1])
    expect(add(log, lines(4), true)).toBe(log)
  })
  it('is bounded', () => {
    let log = { shown: [] as Line[], waiting: [] as Line[] }
    for (let i = 0; i < 3; i++) log = add(log, lines(...Array.from({ length: most }, (_, n) => i * most + n + 1)), i % 2 === 0)
    expect(log.shown.length + log.waiting.length).toBeLessThanOrEqual(2 * most)
    expect(show(log).shown).toHaveLength(most)
  })
})

describe('a request', () => {
  it('is shown for people', () => {
    expect(split('/v3/a?b=1')).toEqual(['/v3/a', '?b=1'])
    expect(split('/v3/a')).toEqual(['/v3/a', ''])
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}')
    expect(pretty('{"a":')).toBe('{"a":')
  })
})
