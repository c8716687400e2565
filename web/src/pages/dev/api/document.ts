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
  failures: { status: string; description: string }[]
}

export interface Document {
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Record<string, Schema> }
}

/** The operations of a document in its order. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, o]) => {
      const content = (o.requestBody as { content?: Record<string, { schema?: Schema }> } | undefined)?.content
      return {
        id: String(o.operationId),
        method: method.toUpperCase(),
        path,
        title: String(o.summary ?? ''),
        english: String(o.description ?? '').replace(/ \([^)]*\)$/, ''),
        product: ((o.tags as string[] | undefined) ?? [''])[0]!,
        parameters: (o.parameters as Parameter[] | undefined) ?? [],
        body: content?.['application/json']?.schema,
        failures: Object.entries((o.responses as Record<string, { description?: string }> | undefined) ?? {})
          .filter(([status]) => status >= '400')
          .map(([status, r]) => ({ status, description: r.description ?? '' })),
      }
    }),
  )
}

/** A value that a schema takes, with its required fields: something to begin with. */
export function sampleOf(schema: Schema | undefined, document: Document, given: Record<string, unknown>, name = '', depth = 0): unknown {
  if (!schema || depth > 8) return null
  if (schema.$ref) return sampleOf(document.components.schemas[schema.$ref.split('/').pop()!], document, given, name, depth + 1)
  if (schema.oneOf) return sampleOf(schema.oneOf[0], document, given, name, depth + 1)
  if (name in given) return given[name]
  if (schema.enum) return schema.enum[0]
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key]) => schema.required?.includes(key) || key in given)
          .map(([key, value]) => [key, sampleOf(value, document, given, key, depth + 1)]),
      )
    case 'array':
      return [sampleOf(schema.items, document, given, name, depth + 1)]
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return false
    default:
      return ''
  }
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
