import { describe, expect, it } from 'vitest'
import { actionsOf, standing, voucherActionsOf, voucherDutyOf } from './stock'

const stock = (state: string) => ({ state, begin_time: '2026-11-01T00:00:00+08:00', end_time: '2026-12-01T00:00:00+08:00' })
const at = (time: string) => Date.parse(time)

describe('where a stock stands', () => {
  it('is told apart from what it is called', () => {
    expect(standing(stock('RUNNING'), 0, 10, at('2026-10-31T23:59:59+08:00')).text).toBe('stocks.early')
    expect(standing(stock('RUNNING'), 0, 10, at('2026-11-01T00:00:00+08:00')).text).toBe('stocks.states.RUNNING')
    expect(standing(stock('RUNNING'), 10, 10, at('2026-11-02T00:00:00+08:00')).text).toBe('stocks.soldout')
    expect(standing(stock('STOPED'), 0, 10, at('2026-11-02T00:00:00+08:00')).text).toBe('stocks.states.STOPED')
    expect(standing(stock('STOPED'), 0, 10, at('2026-12-01T00:00:00+08:00')).text).toBe('stocks.ended')
    expect(standing(stock('stoped'), 0, 10, at('2026-12-02T00:00:00+08:00')).text).toBe('stocks.ended')
    expect(standing(stock('running'), 10, 10, at('2026-11-02T00:00:00+08:00')).text).toBe('stocks.soldout')
  })
})

describe('what may be done', () => {
  it('depends on the state', () => {
    expect(actionsOf('RUNNING')).toEqual(['pause', 'stop'])
    expect(actionsOf('STOPED')).toEqual([])
    expect(voucherActionsOf('audit')).toEqual(['approve', 'reject'])
    expect(voucherActionsOf('running')).toEqual(['pause'])
    expect(voucherActionsOf('paused')).toEqual(['resume'])
    expect(voucherActionsOf('stoped')).toEqual([])
    expect(voucherActionsOf('unactivated').map(voucherDutyOf)).toEqual(['MARKET', 'APPROVE', 'MARKET'])
  })
})
