/** Times of the server are RFC 3339 in Beijing time, and are shown as they are written: the
 * zone of the browser never matters. */

/** 2026-11-29T04:16:31+08:00 → 2026-11-29 04:16:31 */
export function wallTime(text: string | undefined): string {
  return text ? text.slice(0, 19).replace('T', ' ') : ''
}

export function wallDate(text: string | undefined): string {
  return text ? text.slice(0, 10) : ''
}

const beijing = 8 * 3600_000

/** 2026-11-29 04:16, for times whose seconds do not matter. */
export function wallMinute(text: string | undefined): string {
  return wallTime(text).slice(0, 16)
}

/** Milliseconds since 1970 as Beijing wall time with milliseconds: 04:16:31.042 */
export function clockOf(ms: number): string {
  return new Date(ms + beijing).toISOString().slice(11, 23)
}

/** Milliseconds since 1970 as 2026-11-29 04:16:31, in Beijing. */
export function wallTimeOf(ms: number): string {
  return new Date(ms + beijing).toISOString().slice(0, 19).replace('T', ' ')
}

/** A typed wall time, 2026-11-29 04:16 with or without seconds, as RFC 3339 in Beijing time. */
export function asBeijing(typed: string): string {
  const text = typed.trim().replace(' ', 'T')
  return `${text.length === 16 ? `${text}:00` : text}+08:00`
}

/** Milliseconds since 1970 of a time of the server. */
export function millis(text: string): number {
  return Date.parse(text)
}

/** A span in words of two units at most: 3 天 4 时. */
export function span(ms: number, language: 'zh' | 'en'): string {
  const units: [number, string, string][] = [
    [86400_000, '天', 'd'],
    [3600_000, '小时', 'h'],
    [60_000, '分', 'min'],
    [1000, '秒', 's'],
  ]
  const parts: string[] = []
  const month = 30 * 86400_000
  let rest = Math.abs(ms)
  if (rest > month) rest -= rest % 86400_000
  for (const [size, zh, en] of units) {
    const n = Math.floor(rest / size)
    rest -= n * size
    if (n > 0 && parts.length < 2) parts.push(`${n} ${language === 'en' ? en : zh}`)
    else if (parts.length > 0) break
  }
  return parts.length > 0 ? parts.join(' ') : language === 'en' ? '0 s' : '0 秒'
}

/** Microseconds as 312 µs, 1.2 ms, 2.05 s. */
export function took(micros: number): string {
  if (micros < 1000) return `${micros} µs`
  if (micros < 1_000_000) return `${(micros / 1000).toFixed(1)} ms`
  return `${(micros / 1_000_000).toFixed(2)} s`
}
