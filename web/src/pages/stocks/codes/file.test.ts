import { describe, expect, it } from 'vitest'
import { badCSV, check, Checker, numberOf } from './file'

const read = (text: string) => check(new Blob([text]))

describe('a file of codes', () => {
  it('has one code a line, whatever ends it', async () => {
    const got = await read('\uFEFFA-1\r\nA 2\n\n  \nA/3')
    expect(got?.codes).toEqual(['A-1', 'A 2', 'A/3'])
    expect(got?.lines).toBe(5)
    expect(got?.badCount).toBe(0)
  })
  it('names each wrong line, and why', async () => {
    const got = await read(`good\n券1\n${'x'.repeat(33)}\ngood\na,b\n${'y'.repeat(32)}`)
    expect(got?.codes).toEqual(['good', 'y'.repeat(32)])
    expect(got?.bad).toEqual([
      { line: 2, text: '券1', wrong: 'FORM' },
      { line: 3, text: 'x'.repeat(33), wrong: 'LONG' },
      { line: 4, text: 'good', wrong: 'AGAIN', first: 1 },
      { line: 5, text: 'a,b', wrong: 'FORM' },
    ])
  })
  it('is the same however it comes in pieces', async () => {
    const whole = await read('one\ntwo\nthree\n')
    const pieces = new Checker()
    for (const c of 'one\ntwo\nthree\n') pieces.push(c)
    expect(pieces.end()).toEqual(whole)
  })
  it('has a print that its codes and their order make', async () => {
    const print = async (text: string) => (await read(text))?.print
    expect(await print('a\nb')).toBe(await print('a\r\n\r\nb\r\n'))
    for (const other of ['b\na', 'ab', 'a\nb\nc', 'a\nB']) expect(await print(other)).not.toBe(await print('a\nb'))
    expect(await print('a\nb')).toMatch(/^[0-9a-f]{32}$/)
  })
  it('has so many codes at most, wrong lines aside', async () => {
    expect((await check(new Blob(['a\nb\nb\nc']), 3))?.codes.length).toBe(3)
    expect(await check(new Blob(['a\nb\nc\nd']), 3)).toBeUndefined()
  })
  it('gives each call a number that the API takes', () => {
    expect(numberOf('1282070000000017', 'f'.repeat(32), 4999)).toMatch(/^[0-9a-zA-Z_\-|*]{1,128}$/)
  })
  it('has its wrong lines as CSV that no spreadsheet runs', () => {
    expect(badCSV([{ line: 2, text: '=1+"2"', why: 'w' }], ['a', 'b', 'c'])).toBe('\uFEFF"a","b","c"\r\n"2","\'=1+""2""","w"\r\n')
  })
})
