import { answer, api, type Schemas } from './client'

export type Made = Schemas['manage.MadeCall']

/** Makes a call of the API as a merchant: what happens is what its signed call would do; dry, it is taken back. */
export function actAs(mchid: string, method: Schemas['manage.MakeCallRequest']['method'], target: string, body?: object | string, dry = false, idempotency_key = ''): Promise<Made> {
  const text = typeof body === 'string' ? body : body && JSON.stringify(body)
  return answer(api.POST('/manage/v1/merchants/{mchid}/calls', { params: { path: { mchid } }, body: { method, target, ...(text && { body: text }), ...(dry && { dry_run: true }), ...(idempotency_key && { idempotency_key }) } }))
}

/** A request number that no one has used. */
export function freshNumber(prefix: string): string {
  return `${prefix}${Date.now()}${crypto.getRandomValues(new Uint32Array(1))[0]}`
}
