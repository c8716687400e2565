import type { Schemas } from '@/api/client'
import { count, yuan } from '@/format/money'
import { wallMinute } from '@/format/time'
import type { Key, Translate } from '@/i18n'

export type Matter = Schemas['manage.Matter']

/** The events that are given up are counted to here. */
const mostDead = 100

/** What is the matter, in one sentence. */
export function sentence(m: Matter, t: Translate<'overview' | 'stocks'>, now: number): string {
  const time = m.time ? wallMinute(m.time) : ''
  const named = { name: m.name ?? '', left: count(m.left), whole: count(m.whole), time }
  switch (m.kind) {
    case 'DELIVERIES_DEAD':
      return t(m.left >= mostDead ? 'overview.matter.manyDead' : 'overview.matter.dead', { n: m.left })
    case 'RECEIVER_FAILING':
      return t('overview.matter.failing', { product: t(`stocks.${m.product}` as Key<'stocks'>), n: m.left })
    case 'CERTIFICATE_ENDS':
      return t(ended(m, now) ? 'overview.matter.certificateEnded' : 'overview.matter.certificateEnds', named)
    case 'SERVER_ENDS':
      return t(ended(m, now) ? 'overview.matter.serverEnded' : 'overview.matter.serverEnds', { what: t(`overview.ends.${m.detail}` as Key<'overview'>), time })
    case 'CODES_LOW':
      return t(m.left === 0 ? 'overview.matter.codesOut' : 'overview.matter.codesLow', named)
    case 'STOCK_NEARLY_OUT':
      return t(m.left <= 0 ? 'overview.matter.out' : 'overview.matter.nearlyOut', named)
    case 'BUDGET_NEARLY_SPENT':
      return t('overview.matter.budget', { ...named, left: yuan(m.left), whole: yuan(m.whole) })
    case 'STOCK_ENDS_UNUSED':
      return t('overview.matter.unused', named)
    case 'STOCK_UNDER_REVIEW':
      return t('overview.matter.review', named)
    case 'STOCK_NOT_STARTED':
      return t('overview.matter.inactive', named)
  }
}

/** A second sentence for whoever looks closer. */
export function detail(m: Matter): string {
  return m.kind === 'SERVER_ENDS' ? '' : (m.detail ?? '')
}

export function ended(m: Matter, now: number): boolean {
  return m.time !== undefined && Date.parse(m.time) <= now
}

/** Bad is what already hurts somebody. */
export function tone(m: Matter, now: number): 'bad' | 'warn' | 'quiet' {
  switch (m.kind) {
    case 'DELIVERIES_DEAD':
    case 'RECEIVER_FAILING':
      return 'bad'
    case 'CERTIFICATE_ENDS':
    case 'SERVER_ENDS':
      return ended(m, now) ? 'bad' : 'warn'
    case 'CODES_LOW':
    case 'STOCK_NEARLY_OUT':
      return m.left <= 0 ? 'bad' : 'warn'
    case 'STOCK_UNDER_REVIEW':
      return 'quiet'
    default:
      return 'warn'
  }
}

export interface Place {
  to: string
  query: Record<string, string | undefined>
  /** What is done there. */
  action: Key<'overview'>
}

/** Where it is seen to; nothing when that is not in the console. */
export function place(m: Matter): Place | undefined {
  const query = { mchid: m.mchid }
  switch (m.kind) {
    case 'DELIVERIES_DEAD':
      return { to: '/dev/callbacks', query: { ...query, state: 'DEAD' }, action: 'overview.act.deliveries' }
    case 'RECEIVER_FAILING':
      return { to: '/dev/callbacks', query, action: 'overview.act.deliveries' }
    case 'CERTIFICATE_ENDS':
      return { to: `/merchants/${m.mchid}`, query: { tab: 'keys' }, action: 'overview.act.keys' }
    case 'SERVER_ENDS':
      return m.detail === 'token' ? { to: '/people', query: {}, action: 'overview.act.tokens' } : undefined
    case 'CODES_LOW':
      return { to: `/stocks/${m.stock_id}/codes`, query: {}, action: 'overview.act.codes' }
    default:
      return { to: `/stocks/${m.stock_id}`, query: { product: m.product === 'favor' ? 'favor' : undefined }, action: 'overview.act.stock' }
  }
}
