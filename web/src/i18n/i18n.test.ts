import { describe, expect, it } from 'vitest'
import { say, type Part } from './part'

const parts = Object.values(import.meta.glob<Part>('./parts/*.ts', { eager: true, import: 'default' }))
const files = Object.keys(import.meta.glob('./zh/*.json'))

function leaves(tree: object, before = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(before + key, value)
    else for (const [k, v] of leaves(value, `${before}${key}.`)) all.set(k, v)
  }
  return all
}

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

describe('the parts of the texts', () => {
  it('are all there, each under its name', () => {
    expect(parts.map((p) => `./zh/${p.name}.json`).sort()).toEqual(files.sort())
  })
})

describe.each(parts)('the two languages of $name', (part) => {
  const [chinese, english] = [leaves(part.zh), leaves(part.en)]
  it('have the same texts', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })
  it('name the same values', () => {
    for (const [key, value] of chinese) expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(value))
  })
  it('are written in their own script', () => {
    for (const [key, value] of english) if (!`${part.name}.${key}`.startsWith('shell.language')) expect(value, key).not.toMatch(/[\u4e00-\u9fff]/)
  })
  it('have braces around values only', () => {
    for (const [key, value] of [...chinese, ...english]) expect(value.replace(/\{\w+\}/g, ''), key).not.toMatch(/[{}]/)
  })
})

describe('a text', () => {
  const known = new Map<string, Part>([['shell', { name: 'shell', zh: { left: '还剩 {n} 张，共 {all} 张', deep: { er: '深' } }, en: { left: '{n} of {all} left' } }]])
  it('is said in the language of the moment, with its values in it', () => {
    expect(say(known, 'zh', 'shell.left', { n: 3, all: '1,000' })).toBe('还剩 3 张，共 1,000 张')
    expect(say(known, 'en', 'shell.left', { n: 0, all: 5 })).toBe('0 of 5 left')
    expect(say(known, 'zh', 'shell.deep.er')).toBe('深')
  })
  it('takes a value as it is, whatever it holds', () => {
    expect(say(known, 'en', 'shell.left', { n: '$& {all}', all: '<b>' })).toBe('$& {all} of <b> left')
  })
  it('leaves out what it was not given', () => {
    expect(say(known, 'en', 'shell.left', { n: 3 })).toBe('3 of  left')
  })
  it('that does not exist is said by its name', () => {
    for (const key of ['shell.none', 'shell.deep', 'shell.left.more', 'other.text', 'shell', '']) expect(say(known, 'zh', key)).toBe(key)
  })
})
