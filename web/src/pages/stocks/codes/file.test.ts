import { describe, expect, it } from 'vitest'
import { badCSV, printOf } from './file'

describe('a file of codes', () => {
  it('has a print that its bytes and their order make', async () => {
    const print = (...parts: string[]) => printOf(new Blob(parts))
    expect(await print('a\nb')).toBe(await print('a', '\n', 'b'))
    for (const other of ['b\na', 'ab', 'a\nb\nc', 'a\nB', 'a\r\nb']) expect(await print(other)).not.toBe(await print('a\nb'))
    expect(await print('a\nb')).toMatch(/^[0-9a-f]{32}$/)
  })
  it('has its wrong lines as CSV that no spreadsheet runs', () => {
    expect(badCSV([{ line: 2, text: '=1+"2"', why: 'w' }], ['a', 'b', 'c'])).toBe('\uFEFF"a","b","c"\r\n"2","\'=1+""2""","w"\r\n')
  })
})
