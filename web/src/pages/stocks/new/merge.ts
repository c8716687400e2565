import { compare, merged, type Difference, type Values } from '@/parts/conflict'
import { put, type Body } from './body'
import type { Said } from './drafts'

/** What the title of a draft is called among its values. */
export const title = 'title'
const inBody = 'body.'

/** The values of a draft by dotted paths, as JSON; a list is one value. */
export function valuesOf(said: Said): Values {
  const all: Values = said.title === '' ? {} : { [title]: JSON.stringify(said.title) }
  const walk = (inner: Body, before: string) => {
    for (const [name, value] of Object.entries(inner))
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) walk(value as Body, `${before}${name}.`)
      else if (value !== '') all[before + name] = JSON.stringify(value)
  }
  walk(said.body, inBody)
  return all
}

function saidBy(values: Values): Said {
  let body: Body = {}
  for (const [name, value] of Object.entries(values)) if (name.startsWith(inBody) && value !== '') body = put(body, name.slice(inBody.length), JSON.parse(value))
  return { title: values[title] ? (JSON.parse(values[title]) as string) : '', body }
}

/** The path in the body of a value; empty for the title. */
export const pathOf = (name: string) => (name.startsWith(inBody) ? name.slice(inBody.length) : '')

/** What somebody else changed, what both did first. */
export function differences(base: Said, mine: Said, theirs: Said): Difference[] {
  const found = compare(valuesOf(base), valuesOf(mine), valuesOf(theirs))
  return [...found.both, ...found.theirs]
}

/** My changes on top of theirs. */
export const together = (base: Said, mine: Said, theirs: Said): Said => saidBy(merged(valuesOf(base), valuesOf(mine), valuesOf(theirs)))

export const same = (a: Said, b: Said) => a.title === b.title && JSON.stringify(valuesOf(a)) === JSON.stringify(valuesOf(b))
