/** What two people changed about one thing: values by names, as text. */
export type Values<N extends string = string> = Record<N, string>

export interface Difference<N extends string = string> {
  name: N
  before: string
  mine: string
  theirs: string
}

const every = <N extends string>(...all: Values<N>[]) => [...new Set(all.flatMap((v) => Object.keys(v) as N[]))]
const of = <N extends string>(values: Values<N>, name: N) => values[name] ?? ''

/** What somebody else changed since it was read: what both changed, differently, and the rest. */
export function compare<N extends string>(before: Values<N>, mine: Values<N>, theirs: Values<N>): { both: Difference<N>[]; theirs: Difference<N>[] } {
  const all = every(before, mine, theirs)
    .map((name) => ({ name, before: of(before, name), mine: of(mine, name), theirs: of(theirs, name) }))
    .filter((d) => d.theirs !== d.before && d.theirs !== d.mine)
  return { both: all.filter((d) => d.mine !== d.before), theirs: all.filter((d) => d.mine === d.before) }
}

/** My changes on top of what is there now. */
export function merged<N extends string>(before: Values<N>, mine: Values<N>, theirs: Values<N>): Values<N> {
  return Object.fromEntries(every(before, mine, theirs).map((n) => [n, of(mine, n) !== of(before, n) ? of(mine, n) : of(theirs, n)])) as Values<N>
}
