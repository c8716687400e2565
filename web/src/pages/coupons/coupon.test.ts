import { describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { grouped, stepsOf } from './coupon'

const t = (key: string) => key
const life: Schemas['manage.Life'] = {
  mchid: '1900000001',
  now: '2026-11-03T00:00:00+08:00',
  whole: true,
  moments: [
    { kind: 'RECEIVED', time: '2026-11-01T10:00:00+08:00', number: 's1' },
    { kind: 'NOTIFIED', time: '2026-11-01T10:00:00+08:00', event_id: 'e', event_type: 'COUPON.SEND', state: 'DEAD' },
    { kind: 'ATTEMPT', time: '2026-11-01T10:00:00+08:00', event_id: 'e', attempt: 1, status: 500, took_ms: 7 },
    { kind: 'USED', time: '2026-11-02T10:00:00+08:00', request_id: '08AA-0', actor: '1900000001' },
    { kind: 'EXPIRES', time: '2026-11-08T23:59:59+08:00' },
  ],
}

describe('the life of a coupon', () => {
  const steps = stepsOf(life, Date.parse(life.now), t, { requests: true, callbacks: true })
  it('says what is still to come', () => {
    expect(steps.map((s) => s.ahead)).toEqual([false, false, false, false, true])
  })
  it('leads to the request and to the callback behind it, for those who may see them', () => {
    expect(steps.map((s) => s.lead?.path)).toEqual([undefined, '/dev/callbacks/e', undefined, '/dev/requests/08AA-0', undefined])
    expect(stepsOf(life, 0, t, { requests: false, callbacks: false }).every((s) => s.lead === undefined)).toBe(true)
  })
  it('says what went wrong', () => {
    expect(steps.map((s) => s.tone)).toEqual([undefined, 'bad', 'bad', undefined, undefined])
    expect(steps[2]!.text).toContain('500')
  })
})

describe('a subsidy', () => {
  const paid = { kind: 'SUBSIDIZED', time: '2026-11-02T10:00:00+08:00', payer_mchid: '1', payee_mchid: '2', amount: 100 } as const
  const of = (m: Schemas['manage.Moment']) => stepsOf({ ...life, moments: [m] }, 0, t, { requests: true, callbacks: true })[0]!
  it('goes from one merchant to the other, and back', () => {
    expect(of(paid).text).toBe('¥1 · 1 → 2')
    expect(of({ ...paid, kind: 'SUBSIDY_RETURNED' }).text).toContain('2 → 1')
  })
  it('that nobody could pay says why', () => {
    const step = of({ ...paid, problem: 'INSUFFICIENT_BALANCE' })
    expect([step.tone, step.title]).toEqual(['bad', 'coupons.events.SUBSIDIZED_FAILED'])
    expect(step.text).toContain('coupons.unpaid.INSUFFICIENT_BALANCE')
  })
})

describe('a code', () => {
  it('is read in groups of four', () => {
    expect(grouped('1200272598059686757797')).toBe('1200 2725 9805 9686 7577 97')
    expect(grouped('SUMMER-2026')).toBe('SUMMER-2026')
  })
})
