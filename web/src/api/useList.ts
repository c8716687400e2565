import { computed, ref, shallowRef, watch } from 'vue'
import { Refusal } from './client'
import { useData, type Data } from './useData'

export interface Page<T, C> {
  items: T[]
  /** Where the next page begins; nothing when this is the last. */
  next?: C
}

/** A list that grows by pages. */
export function useList<T, C, Q>(question: () => Q, ask: (question: Q, after: C | undefined, signal?: AbortSignal) => Promise<Page<T, C>>) {
  const first = useData(question, (q, signal) => ask(q, undefined, signal))
  const further = shallowRef<T[]>([])
  const next = shallowRef<C>()
  const growing = ref(false)
  watch(first.value, (page) => {
    further.value = []
    next.value = page?.next
  })

  async function more(): Promise<void> {
    if (growing.value || next.value === undefined) return
    growing.value = true
    const base = first.value.value
    try {
      const page = await ask(question(), next.value)
      if (first.value.value !== base) return
      further.value = [...further.value, ...page.items]
      next.value = page.next
    } catch (e) {
      first.problem.value = e instanceof Refusal ? e : new Refusal(0, 'PAGE', String(e))
    } finally {
      growing.value = false
    }
  }

  const items = computed(() => (first.value.value ? [...first.value.value.items, ...further.value] : undefined))
  const data: Data<T[]> = { value: items as unknown as Data<T[]>['value'], problem: first.problem, waiting: first.waiting, reload: first.reload }
  return { data, more, growing, hasMore: computed(() => next.value !== undefined) }
}
