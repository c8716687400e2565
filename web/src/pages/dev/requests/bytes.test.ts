import { describe, expect, it } from 'vitest'
import { byteOf, bytesOf, hex, letter, marked, signatureOf } from './bytes'

describe('bytes', () => {
  it('are read from text and from base64', () => {
    expect([...bytesOf('{"a":"满"}', undefined)]).toEqual([123, 34, 97, 34, 58, 34, 230, 187, 161, 34, 125])
    expect([...bytesOf(undefined, '/wA=')]).toEqual([255, 0])
  })
  it('are typed as a letter or as two digits', () => {
    expect([byteOf('R'), byteOf('22'), byteOf('fF'), byteOf(' ')]).toEqual([82, 34, 255, 32])
    expect([byteOf(''), byteOf('满'), byteOf('xyz')]).toEqual([undefined, undefined, undefined])
  })
  it('are shown so that each can be told', () => {
    expect([hex(10), letter(65), letter(32), letter(10), letter(200)]).toEqual(['0a', 'A', '␠', '↵', '·'])
  })
})

describe('a signature', () => {
  it('is found in the Authorization header', () => {
    expect([...signatureOf([{ name: 'authorization', value: 'WECHATPAY2-SHA256-RSA2048 mchid="1",signature="AQI="' }])!]).toEqual([1, 2])
    expect(signatureOf([{ name: 'Accept', value: '*/*' }])).toBeUndefined()
    expect(signatureOf([{ name: 'Authorization', value: 'signature="%"' }])).toBeUndefined()
  })
})

describe('two answers', () => {
  it('are marked where they differ', () => {
    expect(marked('a\nb\nb', 'b\nc').map((l) => l.differs)).toEqual([true, false, true])
  })
})
