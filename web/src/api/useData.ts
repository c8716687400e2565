import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { Refusal } from './client'

export interface Data<T> {
  /** The last answer. It stays when a later call fails. */
  value: ShallowRef<T | undefined>
  /** Why the latest call failed. */
  problem: ShallowRef<Refusal | undefined>
  /** A call is under way, and has been for so long that it should be seen. */
  waiting: Ref<boolean>
  reload(): Promise<void>
}

/** How long a page may wait before it says so: shorter waits would only flicker. */
const patience = 150

/**
 * Data of the server that follows its question: it is asked for again when the question
 * changes, and an answer to an older question is dropped.
 */
export function useData<T, Q>(question: () => Q, ask: (question: Q, signal: AbortSignal) => Promise<T>): Data<T> {
  const value = shallowRef<T>()
  const problem = shallowRef<Refusal>()
  const waiting = ref(false)
  let running: AbortController | undefined

  async function reload(): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    const slow = setTimeout(() => (waiting.value = true), patience)
    try {
      const got = await ask(question(), mine.signal)
      if (running !== mine) return
      value.value = got
      problem.value = undefined
    } catch (e) {
      if (running !== mine || mine.signal.aborted) return
      problem.value = e instanceof Refusal ? e : new Refusal(0, 'PAGE', String(e))
    } finally {
      clearTimeout(slow)
      if (running === mine) waiting.value = false
    }
  }

  watch(
    () => JSON.stringify(question()),
    (now, before) => {
      if (before !== undefined && now !== before) value.value = undefined
      void reload()
    },
    { immediate: true },
  )
  onScopeDispose(() => running?.abort())
  return { value, problem, waiting, reload }
}
