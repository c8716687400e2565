import type { Schemas } from '@/api/client'
import type { Key } from '@/i18n'
import type { Tone } from '@/parts/Chip.vue'

export type Coupon = Schemas['manage.Coupon']

export const tones: Record<Coupon['state'], Tone> = { SENDED: 'good', USED: 'info', EXPIRED: 'quiet', DELETED: 'quiet', DEACTIVATED: 'bad' }

export interface Moment {
  key: Key
  time: string
  number?: string
  reason?: string
  /** It has not come yet. */
  ahead: boolean
}

/** What became of a coupon, in order, and what is still to come. */
export function life(c: Coupon, now: number): Moment[] {
  const all: [Key, string | undefined, string?, string?][] = [
    ['coupons.events.received', c.receive_time, c.send_request_no],
    ['coupons.events.starts', c.start_time > c.receive_time ? c.start_time : undefined],
    ['coupons.events.used', c.use_time, c.use_request_no],
    ['coupons.events.returned', c.return_time, c.return_request_no],
    ['coupons.events.deactivated', c.deactivate_time, c.deactivate_request_no, c.deactivate_reason],
    ['coupons.events.expires', c.expire_time],
  ]
  return all
    .flatMap(([key, time, number, reason]) => (time ? [{ key, time, number, reason, ahead: Date.parse(time) > now }] : []))
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
}

/** A code in groups of four, as a person reads it aloud. */
export function grouped(code: string): string {
  return /^\d{12,}$/.test(code) ? code.replace(/(\d{4})(?=\d)/g, '$1 ') : code
}
