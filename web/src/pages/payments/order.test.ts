import { describe, expect, it } from 'vitest'
import { newNumber, orderOf, type Typed } from './order'

const typed = (more: Partial<Typed> = {}): Typed => ({ mchid: '19', total: '20', tag: '', trade: '', method: '', bin: '', goods: [], ...more })

describe('an order', () => {
  it('is in fen, and has what was typed only', () => {
    expect(orderOf(typed())).toEqual({ mchid: '19', total: 2000 })
    expect(orderOf(typed({ tag: ' T ', trade: 'FACE', goods: [{ id: 'apple', quantity: '2', price: '10' }, { id: '', quantity: '1', price: '' }] }))).toEqual({
      mchid: '19', total: 2000, goods_tag: 'T', trade_type: 'FACE', goods_detail: [{ goods_id: 'apple', quantity: 2, price: 1000 }],
    })
  })
  it('names what is wrong', () => {
    for (const total of ['', '0', '1.234', 'x']) expect(orderOf(typed({ total }))).toBe('total')
    for (const line of [{ id: 'a', quantity: '0', price: '1' }, { id: 'a', quantity: '1', price: 'x' }, { id: '', quantity: '1', price: '1' }]) expect(orderOf(typed({ goods: [line] }))).toBe('goods')
  })
  it('has numbers that the API takes', () => {
    expect(newNumber('42', 1_764_000_000_000)).toMatch(/^42\d{23}$/)
  })
})
