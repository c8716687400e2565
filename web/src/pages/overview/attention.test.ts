import { describe, expect, it } from 'vitest'
import type { Translate } from '@/i18n'
import { place, sentence, tone, type Matter } from './attention'

const named: Translate<'overview' | 'stocks'> = (key, values) => `${key} ${JSON.stringify(values ?? {})}`
const now = Date.parse('2026-11-29T04:00:00+08:00')
const matter = (m: Partial<Matter>): Matter => ({ kind: 'STOCK_NEARLY_OUT', left: 3, whole: 30, stock_id: '17', name: '券', ...m })

describe('a matter', () => {
  it('says what is left, and that nothing is', () => {
    expect(sentence(matter({}), named, now)).toContain('overview.matter.nearlyOut')
    expect(sentence(matter({ left: 0 }), named, now)).toContain('overview.matter.out')
    expect(sentence(matter({ kind: 'BUDGET_NEARLY_SPENT', left: 550, whole: 10000 }), named, now)).toContain('¥5.50')
    expect(sentence(matter({ kind: 'DELIVERIES_DEAD', left: 100 }), named, now)).toContain('manyDead')
  })
  it('is worse once its time is over', () => {
    const ends = matter({ kind: 'CERTIFICATE_ENDS', mchid: '1', time: '2026-11-29T04:00:01+08:00' })
    expect(tone(ends, now)).toBe('warn')
    expect(tone(ends, now + 1000)).toBe('bad')
    expect(sentence(ends, named, now + 1000)).toContain('certificateEnded')
  })
  it('leads to where it is seen to', () => {
    expect(place(matter({}))).toMatchObject({ to: '/stocks/17', query: { product: undefined } })
    expect(place(matter({ product: 'favor' }))?.query.product).toBe('favor')
    expect(place(matter({ kind: 'CODES_LOW' }))?.to).toBe('/stocks/17/codes')
    expect(place(matter({ kind: 'DELIVERIES_DEAD', mchid: '1' }))?.query).toEqual({ mchid: '1', state: 'DEAD' })
    expect(place(matter({ kind: 'SERVER_ENDS', detail: 'tls' }))).toBeUndefined()
    expect(place(matter({ kind: 'SERVER_ENDS', detail: 'token' }))?.to).toBe('/people')
  })
})
