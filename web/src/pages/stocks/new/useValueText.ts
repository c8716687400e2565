import { count, yuan } from '@/format/money'
import { wallMinute } from '@/format/time'
import { useText, type Key } from '@/i18n'
import draftTexts from '@/i18n/parts/draft'
import editTexts from '@/i18n/parts/edit'
import paymentsTexts from '@/i18n/parts/payments'
import { clockOf } from './body'
import type { Field } from './kinds'

type Span = { begin_time?: unknown; end_time?: unknown }

/** Says the value of a field as a person reads it: ¥5, not 500. */
export function useValueText(): (f: Field | undefined, value: unknown) => string {
  const { t, language } = useText(draftTexts, editTexts, paymentsTexts)
  const listed = (all: unknown, one: (v: never) => string) => (Array.isArray(all) ? (all as never[]).map(one).join(language.value === 'en' ? ', ' : '、') : String(all))
  const hours = (s: Span) => `${clockOf(s.begin_time)}–${clockOf(s.end_time)}`
  const dates = (s: Span) => `${wallMinute(String(s.begin_time ?? ''))} – ${wallMinute(String(s.end_time ?? ''))}`
  return (f, value) => {
    switch (f?.input) {
      case 'yuan':
        return typeof value === 'number' ? yuan(value) : String(value)
      case 'count':
        return typeof value === 'number' ? count(value) : String(value)
      case 'percent':
        return `${String(value)}%`
      case 'time':
        return wallMinute(String(value))
      case 'clock':
        return clockOf(value)
      case 'flag':
        return t(value ? 'edit.on' : 'edit.off')
      case 'choice':
        return f.options?.includes(String(value)) ? t(`draft.options.${String(value)}` as Key<'draft'>) : String(value)
      case 'trades':
        return listed(value, (one: string) => (f.options?.includes(one) ? t(`payments.trades.${one}` as Key<'payments'>) : one))
      case 'week':
        return listed(value, (day: number) => t(`draft.days.d${day}` as Key<'draft'>))
      case 'daytimes':
        return listed(value, hours)
      case 'spans':
        return listed(value, dates)
      case 'list':
        return listed(value, String)
      case 'color':
        return t('draft.color', { n: (f.options?.indexOf(String(value)) ?? -1) + 1 })
      default:
        return typeof value === 'object' ? JSON.stringify(value) : String(value)
    }
  }
}
