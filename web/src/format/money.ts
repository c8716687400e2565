/** Money is in whole fen; yuan exist only as text. */

/** 441335 → 4,413.35; without a fraction when it is none. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? '−' : ''
  const whole = Math.trunc(Math.abs(fen) / 100)
  const rest = Math.abs(fen) % 100
  return `${sign}¥${count(whole)}${rest === 0 ? '' : `.${String(rest).padStart(2, '0')}`}`
}

/** 1234567 → 1,234,567 */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** Typed yuan as fen: "12.5" → 1250. Undefined when it is no amount. */
export function fenOf(typed: string): number | undefined {
  const found = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(typed.trim().replace(/[,，¥￥\s]/g, ''))
  if (!found) return undefined
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
}

/** A share as 82 %, and never 100 % before all is done. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return '–'
  const percent = (part / whole) * 100
  if (percent > 0 && percent < 0.1) return '< 0.1%'
  if (percent > 99.9 && percent < 100) return '99.9%'
  return `${percent >= 10 || percent === 0 ? Math.round(Math.min(percent, part < whole ? 99 : percent)) : percent.toFixed(1)}%`
}
