import { answer, api, type Schemas } from './client'

/** Why the browser did not finish with a passkey. */
export type Stop = 'cancelled' | 'there' | 'failed'

/** What a browser, or the person in front of it, did not do. */
export class Stopped extends Error {
  constructor(
    readonly why: Stop,
    message = '',
  ) {
    super(message)
    this.name = 'Stopped'
  }
}

/** Whether passkeys can be used here; an address is no name that one could be for. */
export type Ability = 'able' | 'unable' | 'address'

export function abilityOf(host: string, browser: { PublicKeyCredential?: unknown; isSecureContext: boolean }): Ability {
  if (/^[\d.]+$/.test(host) || host.startsWith('[')) return 'address'
  return browser.isSecureContext && browser.PublicKeyCredential !== undefined ? 'able' : 'unable'
}

export const ability = (): Ability => abilityOf(location.hostname, window)

/** The same page of this machine under its name; undefined for another machine. */
export function named(url: string): string | undefined {
  const u = new URL(url)
  if (!/^(127\.|\[::1\])/.test(u.hostname)) return undefined
  u.hostname = 'localhost'
  return u.href
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (c) => c.charCodeAt(0))
}

export function textOf(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

async function asked<T extends AuthenticatorResponse>(credential: Promise<Credential | null>): Promise<{ id: string; response: T }> {
  try {
    const made = (await credential) as PublicKeyCredential | null
    if (!made) throw new Stopped('cancelled')
    return { id: textOf(made.rawId), response: made.response as T }
  } catch (e) {
    if (!(e instanceof DOMException)) throw e
    if (e.name === 'NotAllowedError' || e.name === 'AbortError') throw new Stopped('cancelled')
    if (e.name === 'InvalidStateError') throw new Stopped('there')
    throw new Stopped('failed', e.message)
  }
}

/** Asks the person for a passkey, any that is for this host. */
async function shown(): Promise<Schemas['manage.PasskeyAnswer']> {
  const q = await answer(api.POST('/manage/v1/sessions/passkey/begin'))
  const publicKey: PublicKeyCredentialRequestOptions = { challenge: bytesOf(q.challenge), rpId: q.rp_id, timeout: q.timeout_ms, userVerification: 'required' }
  const { id, response } = await asked<AuthenticatorAssertionResponse>(navigator.credentials.get({ publicKey }))
  return {
    credential_id: id,
    client_data: textOf(response.clientDataJSON),
    authenticator_data: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    user_handle: response.userHandle ? textOf(response.userHandle) : '',
  }
}

/** Signs in whomever the passkey belongs to. */
export async function signInByPasskey(): Promise<void> {
  await answer(api.POST('/manage/v1/sessions/passkey', { body: await shown() }))
}

/** Shows that the person who has signed in is still there. */
export async function proveByPasskey(): Promise<void> {
  await answer(api.POST('/manage/v1/sessions/current/prove/passkey', { body: await shown() }))
}

/** Makes a passkey in a device of the person who has signed in. */
export async function addPasskey(label: string): Promise<void> {
  const q = await answer(api.POST('/manage/v1/account/passkeys/begin'))
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: bytesOf(q.challenge),
    rp: { id: q.rp_id, name: 'Favord' },
    user: { id: bytesOf(q.user_handle), name: q.name, displayName: q.display },
    pubKeyCredParams: q.algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: q.timeout_ms,
    excludeCredentials: q.exclude.map((id) => ({ type: 'public-key', id: bytesOf(id) })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
  }
  const { id, response } = await asked<AuthenticatorAttestationResponse>(navigator.credentials.create({ publicKey }))
  const key = response.getPublicKey()
  if (!key) throw new Stopped('failed', 'getPublicKey')
  const body = { label, credential_id: id, client_data: textOf(response.clientDataJSON), authenticator_data: textOf(response.getAuthenticatorData()), public_key: textOf(key) }
  await answer(api.POST('/manage/v1/account/passkeys', { body }))
}
