import { describe, expect, it } from 'vitest'
import { abilityOf, bytesOf, named, textOf } from './passkey'

const browser = { PublicKeyCredential: {}, isSecureContext: true }

describe('a passkey', () => {
  it('is for a name, in a browser that has them', () => {
    expect(abilityOf('localhost', browser)).toBe('able')
    expect(abilityOf('favord.example.com', browser)).toBe('able')
    expect(abilityOf('127.0.0.1', browser)).toBe('address')
    expect(abilityOf('[::1]', browser)).toBe('address')
    expect(abilityOf('favord.example.com', { ...browser, isSecureContext: false })).toBe('unable')
    expect(abilityOf('localhost', { isSecureContext: true })).toBe('unable')
  })
  it('works on this machine under its name', () => {
    expect(named('http://127.0.0.1:18081/account?tab=a')).toBe('http://localhost:18081/account?tab=a')
    expect(named('http://[::1]:18081/')).toBe('http://localhost:18081/')
    expect(named('http://192.0.2.1:18081/')).toBeUndefined()
  })
  it('travels as text without losing a byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    for (const n of [0, 1, 2, 3, 256]) {
      const text = textOf(all.slice(0, n).buffer)
      expect(text).toMatch(/^[\w-]*$/)
      expect([...bytesOf(text)]).toEqual([...all.slice(0, n)])
    }
  })
})
