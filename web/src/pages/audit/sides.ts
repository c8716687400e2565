/** What a change replaced, and by what, field by field. */
export interface Side {
  name: string
  before: string
  after: string
  changed: boolean
}

type Flat = Map<string, string>

function flatten(value: unknown, name: string, into: Flat): void {
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
    for (const [key, v] of Object.entries(value)) flatten(v, Array.isArray(value) ? `${name}[${key}]` : name ? `${name}.${key}` : key, into)
    return
  }
  into.set(name, typeof value === 'string' ? value : JSON.stringify(value))
}

/** The fields of a JSON object, nested ones dotted; a text that is none is one field without name. */
export function fieldsOf(text: string | undefined): Flat {
  const flat: Flat = new Map()
  if (!text) return flat
  try {
    flatten(JSON.parse(text), '', flat)
  } catch {
    flat.set('', text)
  }
  return flat
}

/** Both sides, changed fields first, in the order in which they were written. */
export function sidesOf(before: string | undefined, after: string | undefined): Side[] {
  const was = fieldsOf(before)
  const is = fieldsOf(after)
  const all = [...new Set([...was.keys(), ...is.keys()])].map((name) => ({ name, before: was.get(name) ?? '', after: is.get(name) ?? '', changed: was.get(name) !== is.get(name) }))
  return [...all.filter((s) => s.changed), ...all.filter((s) => !s.changed)]
}

/** Where an object is shown; nothing when no page shows it. */
export function placeOf(object: string): { to: string; query?: Record<string, string> } | undefined {
  const [, kind, id, code] = /^(stock|voucher-stock|merchant)\/([0-9]+)(?:\/coupon\/([^/]+))?$/.exec(object) ?? []
  if (!kind || !id) return undefined
  if (kind === 'stock') return { to: code ? `/coupons/${id}/${encodeURIComponent(code)}` : `/stocks/${id}` }
  if (code) return undefined
  return kind === 'merchant' ? { to: `/merchants/${id}` } : { to: `/stocks/${id}`, query: { product: 'favor' } }
}
