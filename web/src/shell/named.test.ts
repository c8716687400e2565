import { expect, it } from 'vitest'
import { named } from './named'

it('finds stocks by a part of their names, and none by nothing', () => {
  const stocks = [{ id: '1', name: '周末 Dinner', favor: false }, { id: '2', name: '午餐', favor: true }]
  expect(named(stocks, ' dinner ').map((s) => s.id)).toEqual(['1'])
  expect(named(stocks, '餐').map((s) => s.id)).toEqual(['2'])
  expect(named(stocks, '  ')).toEqual([])
})
