import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw, type RouteLocationRaw } from 'vue-router'

/** A part of the address's query, as a value that a page reads and writes. */
export function useQuery(name: string, usual = ''): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get() {
      const value = route.query[name]
      return (Array.isArray(value) ? value[0] : value) ?? usual
    },
    set(to) {
      const query: LocationQueryRaw = { ...route.query }
      delete query[name]
      if (to !== usual) query[name] = to
      void router.replace({ query, hash: route.hash })
    },
  })
}

/** Several parts at once: two writes one after the other would lose the first. */
export function useQueryWriter(): (parts: Record<string, string | undefined>) => void {
  const route = useRoute()
  const router = useRouter()
  return (parts) => {
    const query: LocationQueryRaw = { ...route.query }
    for (const [name, value] of Object.entries(parts)) {
      delete query[name]
      if (value) query[name] = value
    }
    void router.replace({ query, hash: route.hash })
  }
}

/** The merchant that the console looks at; empty is all of them. */
export function useMchID(): WritableComputedRef<string> {
  return useQuery('mchid')
}

/** Leads somewhere with the same merchant in view. */
export function useLead(): (path: string, query?: Record<string, string | undefined>) => RouteLocationRaw {
  const mchid = useMchID()
  return (path, query = {}) => {
    const all: LocationQueryRaw = {}
    if (mchid.value) all.mchid = mchid.value
    for (const [name, value] of Object.entries(query)) if (value) all[name] = value
    return { path, query: all }
  }
}
