/** The body of a call, read and written by dotted paths. */
export type Body = Record<string, unknown>

const isObject = (v: unknown): v is Body => typeof v === 'object' && v !== null && !Array.isArray(v)

export function at(body: Body, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), body)
}

/** The body with a value in place. Nothing (undefined, '' and []) takes the field away, and objects that are empty then. */
export function put(body: Body, path: string, value: unknown): Body {
  const [name, ...rest] = path.split('.') as [string, ...string[]]
  const copy = { ...body }
  if (rest.length > 0) {
    const inner = put(isObject(copy[name]) ? copy[name] : {}, rest.join('.'), value)
    if (Object.keys(inner).length === 0) delete copy[name]
    else copy[name] = inner
  } else if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) delete copy[name]
  else copy[name] = value
  return copy
}

/** 36000 → 10:00:00 */
export function clockOf(seconds: unknown): string {
  if (typeof seconds !== 'number') return ''
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((n) => String(Math.trunc(n)).padStart(2, '0')).join(':')
}

/** 10:00 or 10:00:30 → seconds since midnight. Undefined when it is no time of day. */
export function secondsOf(clock: string): number | undefined {
  const found = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(clock)
  return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0) : undefined
}

/** What is typed one below the other, or with commas between. */
export function listOf(typed: string): string[] {
  return typed.split(/[\s,，;；]+/).filter((entry) => entry !== '')
}
