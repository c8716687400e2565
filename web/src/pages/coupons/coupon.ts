import type { Schemas } from '@/api/client'
import { yuan } from '@/format/money'
import { wallTime } from '@/format/time'
import type { Key, Translate } from '@/i18n'
import type { Tone } from '@/parts/Chip.vue'
import type { Step } from '@/parts/Life.vue'

export type Coupon = Schemas['manage.Coupon']
export type Voucher = Schemas['manage.Voucher']
export type Moment = Schemas['manage.Moment']

export const tones: Record<Coupon['state'], Tone> = { SENDED: 'good', USED: 'info', EXPIRED: 'quiet', DELETED: 'quiet', DEACTIVATED: 'bad' }

/** A code in groups of four, as a person reads it aloud. */
export function grouped(code: string): string {
  return /^\d{12,}$/.test(code) ? code.replace(/(\d{4})(?=\d)/g, '$1 ') : code
}

/** Whether money was to move for a subsidy, and did not. */
const unpaid = (m: Moment) => (m.kind === 'SUBSIDIZED' || m.kind === 'SUBSIDY_RETURNED') && Boolean(m.problem)
/** A subsidy goes from its payer to its payee, and back when it is returned. */
const parties = (m: Moment) => (m.kind === 'SUBSIDY_RETURNED' ? [m.payee_mchid, m.payer_mchid] : [m.payer_mchid, m.payee_mchid])

/** How well a moment went; undefined where that is no question. */
export function toneOf(m: Moment): Tone | undefined {
  if (m.kind === 'ATTEMPT') return m.status !== undefined && m.status >= 200 && m.status < 300 ? 'good' : 'bad'
  if (m.kind === 'NOTIFIED') return m.state === 'DELIVERED' ? 'good' : m.state === 'DEAD' ? 'bad' : 'warn'
  if (unpaid(m)) return 'bad'
  if (m.kind === 'DEACTIVATED' || m.kind === 'DELETED') return 'bad'
  return undefined
}

/** What a moment is called. */
export function titleOf(m: Moment, t: Translate<'callbacks' | 'coupons'>): string {
  if (m.kind === 'ATTEMPT') return t('coupons.events.ATTEMPT', { n: m.attempt ?? 0 })
  if (m.kind === 'NOTIFIED') return t('coupons.events.NOTIFIED', { event: m.event_type ?? '' })
  if (unpaid(m)) return t(`coupons.events.${m.kind}_FAILED` as Key<'coupons'>)
  return t(`coupons.events.${m.kind}` as Key<'coupons'>)
}

/** What is known about a moment, in a line. */
function aboutOf(m: Moment, t: Translate<'callbacks' | 'coupons'>): string {
  const parts = [
    m.number && `${t('coupons.number')} ${m.number}`,
    m.transaction_id && `${t('coupons.payment')} ${m.transaction_id}`,
    m.amount && yuan(m.amount),
    m.payer_mchid && parties(m).join(' → '),
    unpaid(m) && t(`coupons.unpaid.${m.problem}` as Key<'coupons'>),
    m.actor && `${t('coupons.actor')} ${m.actor}`,
    m.reason && (m.payer_mchid ? m.reason : `${t('coupons.reason')} ${m.reason}`),
    m.kind === 'CHANGED' && m.action,
    m.kind === 'NOTIFIED' && t(`callbacks.states.${m.state}` as Key<'callbacks'>),
    m.kind === 'ATTEMPT' && (m.status ? `${t('coupons.answered')} ${m.status}` : m.problem),
    m.kind === 'ATTEMPT' && `${m.took_ms ?? 0} ms`,
    m.real_time && `${t('coupons.realTime')} ${wallTime(m.real_time)}`,
  ]
  return parts.filter(Boolean).join(' · ')
}

/** Where a person may look further, as far as these pages are there for them. */
export interface Beyond {
  requests: boolean
  callbacks: boolean
}

/** A life as steps of a list: what is after now is ahead. */
export function stepsOf(life: Schemas['manage.Life'], now: number, t: Translate<'callbacks' | 'coupons'>, beyond: Beyond): Step[] {
  return life.moments.map((m) => ({
    time: m.time,
    title: titleOf(m, t),
    text: aboutOf(m, t),
    tone: toneOf(m),
    ahead: Date.parse(m.time) > now,
    sub: m.kind === 'ATTEMPT',
    lead:
      m.request_id && beyond.requests
        ? { path: `/dev/requests/${m.request_id}`, label: t('coupons.request') }
        : m.kind === 'NOTIFIED' && beyond.callbacks
          ? { path: `/dev/callbacks/${m.event_id}`, label: t('coupons.delivery'), query: { mchid: life.mchid } }
          : undefined,
  }))
}
