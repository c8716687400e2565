import createClient from 'openapi-fetch'
import type { components, paths } from './manage'

export type Schemas = components['schemas']

/** A refusal of the server, or a connection that broke (status 0). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The field that is wrong, as the request names it; empty when it is none. */
    readonly field = '',
  ) {
    super(message)
    this.name = 'Refusal'
  }

  get lost(): boolean {
    return this.status === 0
  }
}

/** What the client must know about the person in front of it. */
export interface Caller {
  language(): 'zh' | 'en'
  token(): string
  /** The server does not know this person, or not any more. */
  expelled(): void
  /** A change wants to see the password again. */
  doubted(): void
}

let caller: Caller = { language: () => 'zh', token: () => '', expelled: () => {}, doubted: () => {} }

export function callAs(someone: Caller): void {
  caller = someone
}

/** The headers of every call, also of those that stream. */
export function callHeaders(): Record<string, string> {
  const headers: Record<string, string> = { 'Accept-Language': caller.language() === 'en' ? 'en' : 'zh-CN' }
  const token = caller.token()
  if (token) headers.Authorization = `Bearer ${token}`
  return headers
}

export const api = createClient<paths>({ baseUrl: '/' })

api.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(callHeaders())) request.headers.set(name, value)
    return request
  },
  onResponse({ response }) {
    if (response.status === 401) caller.expelled()
  },
})

interface Outcome<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Waits for a call: returns its answer, or throws a Refusal. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>
  try {
    outcome = await call
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new Refusal(0, 'NETWORK', '')
  }
  if (outcome.response.ok) return outcome.data as T
  const body = outcome.error as { code?: string; message?: string; detail?: { field?: string } } | undefined
  if (body?.code === 'PROOF_REQUIRED') caller.doubted()
  throw new Refusal(outcome.response.status, body?.code ?? 'UNKNOWN', body?.message ?? outcome.response.statusText, lastPart(body?.detail?.field))
}

/** "/body/name" is the field "name". */
function lastPart(field: string | undefined): string {
  return field?.split('/').pop() ?? ''
}
