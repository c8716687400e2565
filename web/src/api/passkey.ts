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
    if (['NotAllowedError', 'AbortError', 'TimeoutError'].includes(e.name)) throw new Stopped('cancelled')
    if (e.name === 'InvalidStateError') throw new Stopped('there')
    throw new Stopped('failed', e.message)
  }
}

type Question = Schemas['manage.PasskeyQuestion']
type Answer = Schemas['manage.PasskeyAnswer']

const begin = (signal?: AbortSignal): Promise<Question> => answer(api.POST('/manage/v1/sessions/passkey/begin', { signal }))

/** Asks the person for a passkey, any that is for this host. */
async function shown(q: Question, how: Pick<CredentialRequestOptions, 'mediation' | 'signal'> = {}): Promise<Answer> {
  const publicKey: PublicKeyCredentialRequestOptions = { challenge: bytesOf(q.challenge), rpId: q.rp_id, timeout: q.timeout_ms, userVerification: 'required' }
  const { id, response } = await asked<AuthenticatorAssertionResponse>(navigator.credentials.get({ publicKey, ...how }))
  return {
    credential_id: id,
    client_data: textOf(response.clientDataJSON),
    authenticator_data: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    user_handle: response.userHandle ? textOf(response.userHandle) : '',
  }
}

/** Signs in whomever a passkey that was shown belongs to. */
export async function signInWith(body: Answer): Promise<void> {
  await answer(api.POST('/manage/v1/sessions/passkey', { body }))
}

/** Asks for a passkey, and signs in whomever it belongs to. */
export async function signInByPasskey(): Promise<void> {
  await signInWith(await shown(await begin()))
}

/** Whether this browser offers passkeys among what it fills a field in with. */
async function offersPasskeys(): Promise<boolean> {
  return ability() === 'able' && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false)
}

/** How much of its time a question is on offer: who chooses at the end has some left. */
const offering = 0.8

/**
 * Has the browser offer passkeys where a name is typed, until the signal takes the offer back, and
 * returns what a person chose. Who cannot be offered any, or turns them down, notices nothing. A
 * question that was on offer for long makes room for a new one.
 */
export async function offered(signal: AbortSignal): Promise<Answer | undefined> {
  try {
    if (!(await offersPasskeys())) return undefined
    while (!signal.aborted) {
      const q = await begin(signal)
      const over = AbortSignal.timeout(q.timeout_ms * offering)
      try {
        return await shown(q, { mediation: 'conditional', signal: AbortSignal.any([signal, over]) })
      } catch (e) {
        if (!over.aborted) throw e
      }
    }
  } catch {
    // There are other ways to sign in on the page.
  }
  return undefined
}

/** Shows that the person who has signed in is still there. */
export async function proveByPasskey(): Promise<void> {
  await answer(api.POST('/manage/v1/sessions/current/prove/passkey', { body: await shown(await begin()) }))
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
