import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { answer, api, Refusal, type Schemas } from '@/api/client'

/** The token is kept as long as the tab. */
const place = 'favord.token'

/** Which server this is, and whether it lets this person in. */
export const useSession = defineStore('session', () => {
  const status = shallowRef<Schemas['manage.Status']>()
  const problem = shallowRef<Refusal>()
  const token = ref(sessionStorage.getItem(place) ?? '')
  /** The server wants a token, and has not seen the right one. */
  const locked = ref(false)
  /** A change wants to see the password again. */
  const doubted = ref(false)
  const who = shallowRef<Schemas['manage.Session']>()
  const sandbox = computed(() => status.value?.mode === 'sandbox')

  async function open(): Promise<void> {
    try {
      status.value = await answer(api.GET('/manage/v1/status'))
      who.value = await answer(api.GET('/manage/v1/sessions/current'))
      problem.value = undefined
      locked.value = false
    } catch (e) {
      problem.value = e instanceof Refusal ? e : new Refusal(0, 'PAGE', String(e))
      locked.value = problem.value.status === 401
    }
  }
  /** Whether this person has a duty. */
  function may(duty: string): boolean {
    return who.value?.duties.includes(duty) ?? false
  }
  async function signIn(body: Schemas['manage.CreateSessionRequest']): Promise<void> {
    await answer(api.POST('/manage/v1/sessions', { body }))
  }
  async function signOut(): Promise<void> {
    await answer(api.DELETE('/manage/v1/sessions/current'))
    location.assign('/')
  }
  async function show(shown: string): Promise<boolean> {
    token.value = shown
    await open()
    if (status.value && !problem.value) sessionStorage.setItem(place, shown)
    return problem.value === undefined
  }
  function leave(): void {
    token.value = ''
    sessionStorage.removeItem(place)
    locked.value = true
  }
  return { status, problem, token, locked, doubted, who, sandbox, may, open, show, leave, signIn, signOut }
})
