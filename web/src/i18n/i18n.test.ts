import { describe, expect, it } from 'vitest'
import en from './en'
import zh from './zh'

function leaves(tree: object, before = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(before + key, value)
    else for (const [k, v] of leaves(value, `${before}${key}.`)) all.set(k, v)
  }
  return all
}

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

describe('the two languages', () => {
  const [chinese, english] = [leaves(zh), leaves(en)]
  it('have the same texts', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })
  it('name the same values', () => {
    for (const [key, value] of chinese) expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(value))
  })
  it('are written in their own script', () => {
    for (const [key, value] of english) if (!key.startsWith('shell.language')) expect(value, key).not.toMatch(/[\u4e00-\u9fff]/)
  })
})
