import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { answer, api, type Schemas } from '@/api/client'

/** The merchants there are, for the switch in the bar and for their names. */
export const useMerchants = defineStore('merchants', () => {
  const list = shallowRef<Schemas['manage.Merchant'][]>([])
  /** There are more than the list has. */
  const more = shallowRef(false)
  const names = computed(() => new Map(list.value.map((m) => [m.mchid, m.name])))

  async function load(): Promise<void> {
    try {
      const page = await answer(api.GET('/manage/v1/merchants', { params: { query: { limit: 100 } } }))
      list.value = page.merchants
      more.value = Boolean(page.next)
    } catch {
      // The page in front of the reader says what is wrong.
    }
  }
  return { list, more, names, load }
})
