import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Schemas } from '@/api/client'
import { follow, type Listener } from '@/api/live'
import { useClock } from './clock'

/** A stream that only tells of the clock and the faults: no request has this path. */
const quiet = { path: '/no-such-path' }

/** The one stream of a tab: the sandbox's clock and faults, and for one page its requests. */
export const useLive = defineStore('live', () => {
  const on = ref(false)
  const faults = shallowRef<Schemas['manage.Fault'][]>([])
  let stop: (() => void) | undefined

  /** Follows requests as well, in place of those before. */
  function requests(query: Record<string, string>, listener: Pick<Listener, 'request' | 'stale'>): void {
    const clock = useClock()
    stop?.()
    stop = follow(query, {
      ...listener,
      open: (now) => (on.value = now),
      clock: (reading) => clock.set(reading),
      faults: (list) => (faults.value = list.faults),
    })
  }
  function start(): void {
    requests(quiet, {})
  }
  return { on, faults, requests, start }
})
