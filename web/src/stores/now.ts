import { computed } from 'vue'
import { useClock } from './clock'

/** The business time by which states are judged, in milliseconds; in production the real one. */
export function useNow() {
  const clock = useClock()
  return computed(() => clock.business ?? Date.now())
}
