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
  const sandbox = computed(() => status.value?.mode === 'sandbox')

  async function open(): Promise<void> {
    try {
      status.value = await answer(api.GET('/manage/v1/status'))
      problem.value = undefined
      locked.value = false
    } catch (e) {
      problem.value = e instanceof Refusal ? e : new Refusal(0, 'PAGE', String(e))
      locked.value = problem.value.status === 401
    }
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
  return { status, problem, token, locked, sandbox, open, show, leave }
})
