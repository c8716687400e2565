import { fenOf } from '@/format/money'

/** A line of an order, as it is typed. */
export interface Line {
  id: string
  quantity: string
  price: string
}

/** An order as it is typed; money in yuan. */
export interface Typed {
  mchid: string
  total: string
  tag: string
  trade: string
  method: string
  bin: string
  goods: Line[]
}

export interface Order {
  mchid: string
  total: number
  goods_tag?: string
  trade_type?: string
  pay_method?: string
  card_bin?: string
  goods_detail?: { goods_id: string; quantity: number; price: number }[]
}

export const tradeTypes = ['MICROAPP', 'APPPAY', 'PPAY', 'CARD', 'FACE', 'OTHER'] as const

/** The order as the API has it, or the field that is wrong. */
export function orderOf(typed: Typed): Order | 'total' | 'goods' {
  const total = fenOf(typed.total)
  if (!total) return 'total'
  const goods: NonNullable<Order['goods_detail']> = []
  for (const line of typed.goods) {
    if (!line.id.trim() && !line.price.trim()) continue
    const price = fenOf(line.price)
    const quantity = /^[1-9]\d{0,5}$/.test(line.quantity.trim()) ? Number(line.quantity) : undefined
    if (!line.id.trim() || price === undefined || quantity === undefined) return 'goods'
    goods.push({ goods_id: line.id.trim(), quantity, price })
  }
  const given = { goods_tag: typed.tag.trim(), trade_type: typed.trade, pay_method: typed.method.trim(), card_bin: typed.bin.trim() }
  return { mchid: typed.mchid, total, ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== '')), ...(goods.length > 0 && { goods_detail: goods }) }
}

/** A number for a payment or a refund, of digits as the platform's are. */
export function newNumber(prefix: '42' | '50', now: number): string {
  return `${prefix}${now}${String(crypto.getRandomValues(new Uint32Array(1))[0]).padStart(10, '0')}`
}
