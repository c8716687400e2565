import { computed, type ComputedRef } from 'vue'
import { useSession } from '@/stores/session'
import { groups, type Group, type Place } from './navigation'

/** The pages that this server has and this person may use, in the groups of the rail. */
export function useGroups(): ComputedRef<Group[]> {
  const session = useSession()
  const has = (p: Place) => (session.sandbox || !p.sandbox) && (!p.duty || session.may(p.duty))
  return computed(() => groups.map((g) => ({ ...g, places: g.places.filter(has) })).filter((g) => g.places.length > 0))
}

/** The same without groups. */
export function usePlaces(): ComputedRef<Place[]> {
  const shown = useGroups()
  return computed(() => shown.value.flatMap((g) => g.places))
}
