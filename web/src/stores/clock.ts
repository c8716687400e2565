import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { answer, api, type Schemas } from '@/api/client'
import { millis } from '@/format/time'

type Reading = Schemas['manage.Clock']

/** The business time of a sandbox, which runs on here between two readings. */
export const useClock = defineStore('clock', () => {
  const reading = shallowRef<Reading>()
  const readAt = ref(0)
  const now = ref(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined

  const business = computed(() => {
    if (!reading.value) return undefined
    const at = millis(reading.value.business_time)
    return reading.value.state === 'FROZEN' ? at : at + Math.max(0, now.value - readAt.value)
  })
  const state = computed(() => reading.value?.state ?? 'REAL')

  function set(to: Reading): void {
    if (to.mchid) return
    reading.value = to
    readAt.value = now.value = Date.now()
  }
  async function load(): Promise<void> {
    try {
      set(await answer(api.GET('/manage/v1/clock')))
      timer ??= setInterval(() => (now.value = Date.now()), 1000)
    } catch {
      reading.value = undefined
    }
  }
  return { reading, readAt, business, state, set, load }
})
