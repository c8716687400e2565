import type { Schemas } from '@/api/client'
import { millis } from '@/format/time'
import { yuan } from '@/format/money'
import type { Key, Language, Translate } from '@/i18n'
import type { Tone } from '@/parts/Chip.vue'

export type BusifavorStock = Schemas['manage.Stock']
export type FavorStock = Schemas['manage.VoucherStock']
export type Product = 'busifavor' | 'favor'

/** What a stock is worth, in one phrase. */
export function worth(s: BusifavorStock, t: Translate<'stocks'>, language: Language): string {
  const minimum = yuan(s.transaction_minimum ?? 0)
  const over = s.transaction_minimum ? 'Over' : ''
  switch (s.type) {
    case 'NORMAL':
      return t(`stocks.worth.off${over}` as Key<'stocks'>, { amount: yuan(s.discount_amount ?? 0), minimum })
    case 'DISCOUNT': {
      const percent = s.discount_percent ?? 100
      return t(`stocks.worth.percent${over}` as Key<'stocks'>, { value: language === 'en' ? 100 - percent : percent / 10, minimum })
    }
    case 'EXCHANGE':
      return t(`stocks.worth.price${over}` as Key<'stocks'>, { amount: yuan(s.exchange_price ?? 0), minimum })
  }
}

export interface Standing {
  tone: Tone
  text: Key<'stocks'>
}

const tones: Record<string, Tone> = {
  UNAUDIT: 'warn',
  RUNNING: 'good',
  PAUSED: 'warn',
  STOPED: 'quiet',
  unactivated: 'quiet',
  audit: 'warn',
  running: 'good',
  paused: 'warn',
  stoped: 'quiet',
}

/** Where a stock stands at a business time: ended is not stopped, and one that has nothing left
 * does not run. */
export function standing(s: { state: string; begin_time: string; end_time: string }, issued: number, all: number, now: number): Standing {
  if (s.state.toUpperCase() === 'STOPED' && millis(s.end_time) <= now) return { tone: 'quiet', text: 'stocks.ended' }
  if (s.state.toUpperCase() === 'RUNNING') {
    if (millis(s.begin_time) > now) return { tone: 'info', text: 'stocks.early' }
    if (issued >= all) return { tone: 'warn', text: 'stocks.soldout' }
  }
  return { tone: tones[s.state] ?? 'quiet', text: `stocks.states.${s.state}` as Key<'stocks'> }
}

export type Action = 'approve' | 'reject' | 'pause' | 'resume' | 'stop' | 'review' | 'start'

/** What an operator may do to a stock of merchant coupons. */
export function actionsOf(state: BusifavorStock['state']): Action[] {
  switch (state) {
    case 'UNAUDIT':
      return ['approve', 'reject']
    case 'RUNNING':
      return ['pause', 'stop']
    case 'PAUSED':
      return ['resume', 'stop']
    case 'STOPED':
      return []
  }
}

/** What an operator may do to a stock of vouchers. */
export function voucherActionsOf(state: FavorStock['state']): Action[] {
  switch (state) {
    case 'audit':
      return ['approve', 'reject']
    case 'unactivated':
      return ['start', 'review', 'stop']
    case 'running':
      return ['pause']
    case 'paused':
      return ['resume']
    case 'stoped':
      return []
  }
}

/** Whose work an action on a stock of vouchers is: the merchant's own, or a decision over it. */
export const voucherDutyOf = (action: Action) => (action === 'approve' || action === 'reject' || action === 'review' ? 'APPROVE' : 'MARKET')
