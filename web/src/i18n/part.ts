import type { Messages } from './messages'

export type Language = 'zh' | 'en'

/** One part of the texts in both languages. A page imports the parts that it speaks, and so they travel with it. */
export interface Part<Name extends keyof Messages = keyof Messages> {
  name: Name
  zh: object
  en: object
}

/** Declares a part. One that lacks a text in either language does not compile. */
export function part<Name extends keyof Messages>(name: Name, zh: Messages[Name], en: Messages[Name]): Part<Name> {
  return { name, zh, en }
}

/** Fills {names} of a text. */
function filled(text: string, named: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(named[name] ?? ''))
}

/** Says a text of the given parts by its dotted name. A name without a text, as a server newer than
 * the page may lead to, is said as it is. */
export function say(parts: Map<string, Part>, language: Language, key: string, named: Record<string, unknown> = {}): string {
  const [name, ...path] = key.split('.')
  let at: unknown = parts.get(name ?? '')?.[language]
  for (const step of path) at = (at as Record<string, unknown> | undefined)?.[step]
  return typeof at === 'string' ? filled(at, named) : key
}
