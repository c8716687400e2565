import { asBeijing, millis, wallDate, wallTimeOf } from '@/format/time'

/** What the page reads of the API's OpenAPI document. */
export interface Schema {
  type?: string | string[]
  title?: string
  description?: string
  properties?: Record<string, Schema>
  items?: Schema
  required?: string[]
  enum?: unknown[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  allOf?: Schema[]
  $ref?: string
  oneOf?: Schema[]
  format?: string
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema?: Schema
  example?: string | number
}

export interface Operation {
  id: string
  method: string
  path: string
  title: string
  english: string
  product: string
  parameters: Parameter[]
  body?: Schema
  /** A body that works against a new sandbox. */
  example?: unknown
  /** The operations that come before the example, and what of it their answers give. */
  before: string[]
  kept: string[]
  failures: { status: string; description: string }[]
}

export interface Document {
  info?: { 'x-example-time'?: string }
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Record<string, Schema> }
}

/** The operations of a document in its order. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, o]) => {
      const content = (o.requestBody as { content?: Record<string, { schema?: Schema; example?: unknown }> } | undefined)?.content
      return {
        id: String(o.operationId),
        method: method.toUpperCase(),
        path,
        title: String(o.summary ?? ''),
        english: String(o.description ?? '').replace(/ \([^)]*\)$/, ''),
        product: ((o.tags as string[] | undefined) ?? [''])[0]!,
        parameters: (o.parameters as Parameter[] | undefined) ?? [],
        body: content?.['application/json']?.schema,
        example: content?.['application/json']?.example,
        before: (o['x-before'] as string[] | undefined) ?? [],
        kept: Object.values((o['x-kept'] as Record<string, string> | undefined) ?? {}),
        failures: Object.entries((o.responses as Record<string, { description?: string }> | undefined) ?? {})
          .filter(([status]) => status >= '400')
          .map(([status, r]) => ({ status, description: r.description ?? '' })),
      }
    }),
  )
}

/** What an example is filled in with. */
export interface Facts {
  /** What stands for the documented values, such as the merchant's number. */
  swap: Record<string, string>
  /** What earlier calls give is left empty. */
  kept: string[]
  /** By how many milliseconds times are later. */
  later: number
  number: () => string
  digits: (n: number) => string
}

/** An example as it works now, for this merchant. */
export function filled(value: unknown, facts: Facts): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, facts))
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, facts)]))
  if (typeof value !== 'string') return value
  if (facts.kept.includes(value)) return ''
  if (/^example0+1$/.test(value)) return facts.number()
  if (/^42000+1$/.test(value)) return `4200${facts.digits(value.length - 4)}`
  if (/^\d{4}-\d\d-\d\dT[\d:]{8}\+08:00$/.test(value)) return asBeijing(wallTimeOf(millis(value) + facts.later))
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return wallDate(asBeijing(wallTimeOf(millis(`${value}T12:00:00+08:00`) + facts.later)))
  return facts.swap[value] ?? value
}

/** The target of a call: a path with its parameters in place, and a query of those that are given. */
export function targetOf(o: Operation, values: Record<string, string>): string {
  const path = o.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  const query = o.parameters.filter((p) => p.in === 'query' && values[p.name]).map((p) => `${p.name}=${encodeURIComponent(values[p.name]!)}`)
  return query.length > 0 ? `${path}?${query.join('&')}` : path
}

/** The lines of a documented status: a code in backticks, and what it means. */
export function casesOf(description: string): { code: string; text: string }[] {
  return description.split('\n').map((line) => {
    const found = /^- `([^`]+)`\s*(.*)$/.exec(line.trim())
    return found ? { code: found[1]!, text: found[2]! } : { code: '', text: line }
  })
}

/** A field of a body, with those inside it one level deeper. */
export interface Line {
  path: string
  name: string
  depth: number
  required: boolean
  schema: Schema
  /** Of a list, what each of its items is. */
  item?: Schema
}

/** Every field of a schema, in its order. */
export function fieldsOf(document: Document, schema: Schema | undefined, inside = '', depth = 0): Line[] {
  const whole = resolved(document, schema)
  return Object.entries(whole?.properties ?? {}).flatMap(([name, one]) => {
    const path = inside ? `${inside}.${name}` : name
    const item = one.items && resolved(document, one.items)
    const inner = item ?? resolved(document, one)
    return [{ path, name, depth, required: whole?.required?.includes(name) ?? false, schema: one, item }, ...(depth < 6 ? fieldsOf(document, inner, path, depth + 1) : [])]
  })
}

function resolved(document: Document, schema: Schema | undefined): Schema | undefined {
  const ref = schema?.$ref ?? schema?.allOf?.[0]?.$ref
  return ref ? document.components.schemas[ref.split('/').pop()!] : schema
}
