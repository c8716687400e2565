import { computed } from 'vue'
import { useMchID } from '@/address'
import { useMerchants } from './merchants'

/** The merchant that a page is about where there must be one: that in the address, else the first. */
export function useSomeone() {
  const mchid = useMchID()
  const merchants = useMerchants()
  return computed(() => mchid.value || (merchants.list[0]?.mchid ?? ''))
}
