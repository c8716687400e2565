import { describe, expect, it } from 'vitest'
import { decode, greyOf } from './decode'
import { codeOf, Wedge } from './wedge'

describe('a hand scanner', () => {
  it('is told from a person by its pace', () => {
    const fast = new Wedge()
    for (let i = 0; i < 8; i++) fast.key(1000 + i * 5)
    expect(fast.ends(1045)).toBe(true)
    expect(fast.ends(1200)).toBe(false)
    const slow = new Wedge()
    for (let i = 0; i < 8; i++) slow.key(1000 + i * 150)
    expect(slow.ends(2055)).toBe(false)
  })
  it('may type through a Chinese keyboard', () => {
    expect(codeOf(' １２００ ２７２５Ａ－ ')).toBe('12002725A-')
  })
})

describe('a picture', () => {
  it('is grey as the eye sees it', () => {
    const data = new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255, 0, 255, 0, 255])
    expect([...greyOf({ data, width: 3, height: 1 })]).toEqual([255, 0, 150])
  })
  it('without a code has none', () => {
    expect(decode({ data: new Uint8ClampedArray(64 * 64 * 4).fill(200), width: 64, height: 64 })).toBeUndefined()
  })
})
