import { describe, expect, it } from 'vitest'
import { base64, marked } from './difference'

describe('a message', () => {
  it('shows its line ends and the wrong byte', () => {
    expect(marked('POST\n{"a":1}\n', 10)).toEqual([
      { kind: 'text', text: 'POST' },
      { kind: 'sign', text: '⏎' },
      { kind: 'text', text: '\n{"a"' },
      { kind: 'wrong', text: ':' },
      { kind: 'text', text: '1}' },
      { kind: 'sign', text: '⏎' },
      { kind: 'text', text: '\n' },
    ])
  })
  it('counts bytes, not characters', () => {
    expect(marked('券x', 3)[0]).toEqual({ kind: 'wrong', text: '券' })
    expect(marked('券x', 4)[1]).toEqual({ kind: 'wrong', text: 'x' })
  })
  it('shows what cannot be seen, and the end', () => {
    expect(marked('a b', 2)[1]).toEqual({ kind: 'wrong', text: '·' })
    expect(marked('ab', 3).at(-1)).toEqual({ kind: 'wrong', text: '∎' })
    expect(marked('a\nb', 2).map((p) => p.kind)).toEqual(['text', 'wrong', 'text'])
  })
})

describe('base64', () => {
  it('is of bytes', () => {
    expect(base64('券')).toBe('5Yi4')
  })
})
