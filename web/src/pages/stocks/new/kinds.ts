import { freshNumber } from '@/api/act'
import type { Key } from '@/i18n'
import { at, put, type Body } from './body'

/** The five kinds of stocks that can be created. */
export type Kind = 'NORMAL' | 'DISCOUNT' | 'EXCHANGE' | 'CASH' | 'NOCASH'
export const kinds: Kind[] = ['NORMAL', 'DISCOUNT', 'EXCHANGE', 'CASH', 'NOCASH']
export type Product = 'busifavor' | 'favor'

export const productOf = (kind: Kind): Product => (kind === 'CASH' || kind === 'NOCASH' ? 'favor' : 'busifavor')
export const targetOf = (product: Product) => (product === 'favor' ? '/v3/marketing/favor/coupon-stocks' : '/v3/marketing/busifavor/stocks')
export const operationOf = (product: Product): 'busifavor.stocks.create' | 'favor.stocks.create' => `${product}.stocks.create`
/** The name of the request's schema in the API's document. */
export const schemaOf = (product: Product) => `${product}.CreateStockRequest`

const rules: Partial<Record<Kind, Body>> = {
  NORMAL: { fixed_normal_coupon: { discount_amount: 500, transaction_minimum: 3000 } },
  DISCOUNT: { discount_coupon: { discount_percent: 88, transaction_minimum: 10000 } },
  EXCHANGE: { exchange_coupon: { exchange_price: 100, transaction_minimum: 3000 } },
}

/** A body to begin with: begun at the given wall times, everything required but the names there. */
export function startOf(kind: Kind, mchid: string, begin: string, end: string): Body {
  const shared = { stock_name: '', belong_merchant: mchid, out_request_no: freshNumber('console') }
  if (productOf(kind) === 'favor')
    return settle({
      ...shared,
      stock_type: 'NORMAL',
      no_cash: kind === 'NOCASH',
      available_begin_time: begin,
      available_end_time: end,
      stock_use_rule: { max_coupons: 100, max_coupons_per_user: 1, natural_person_limit: false, prevent_api_abuse: false },
      coupon_use_rule: { fixed_normal_coupon: { coupon_amount: 500, transaction_minimum: 3000 }, available_merchants: [mchid] },
    })
  return {
    ...shared,
    goods_name: '',
    stock_type: kind,
    coupon_use_rule: { coupon_available_time: { available_begin_time: begin, available_end_time: end }, ...rules[kind], use_method: 'OFF_LINE' },
    stock_send_rule: { max_coupons: 1000, max_coupons_per_user: 1 },
    coupon_code_mode: 'WECHATPAY_MODE',
    display_pattern_info: { background_color: 'Color020' },
    custom_entrance: { code_display_mode: 'QRCODE' },
  }
}

const face = 'coupon_use_rule.fixed_normal_coupon.coupon_amount'
const most = 'stock_use_rule.max_coupons'

/** The budget of vouchers is their face value times their number: nobody has to type it. */
export function settle(body: Body): Body {
  const [amount, count] = [at(body, face), at(body, most)]
  if (!('no_cash' in body)) return body
  return put(body, 'stock_use_rule.max_amount', typeof amount === 'number' && typeof count === 'number' ? amount * count : undefined)
}

/** All that a stock may take off, in fen; nothing where that depends on what is bought. */
export function budgetOf(body: Body): number | undefined {
  const amount = at(body, face) ?? at(body, 'coupon_use_rule.fixed_normal_coupon.discount_amount')
  const count = at(body, most) ?? at(body, 'stock_send_rule.max_coupons')
  return typeof amount === 'number' && typeof count === 'number' ? amount * count : undefined
}

/** How a field is filled in. */
export type Input = 'text' | 'area' | 'count' | 'yuan' | 'percent' | 'time' | 'clock' | 'flag' | 'choice' | 'color' | 'week' | 'list' | 'trades' | 'daytimes' | 'spans' | 'picture'

export interface Field {
  path: string
  input: Input
  /** The name of the field's text, where the last part of its path is not it. */
  text?: string
  options?: string[]
  /** Whether it has any meaning as things are. */
  when?: (body: Body) => boolean
}

export interface Step {
  name: 'benefit' | 'time' | 'issue' | 'look'
  fields: Field[]
}

export const textOf = (f: Field) => `draft.fields.${f.text ?? f.path.split('.').pop()}` as Key<'draft'>

const use = 'coupon_use_rule'
const available = `${use}.coupon_available_time`
const colors = ['010', '020', '030', '040', '050', '060', '070', '080', '090', '100']
const ofType = (type: string) => (body: Body) => body.stock_type === type
const miniProgram = (body: Body) => at(body, `${use}.use_method`) === 'MINI_PROGRAMS'
const jumps = (body: Body) => at(body, 'pattern_info.jump_target') === 'MINI_PROGRAM'

const busifavor: Step[] = [
  {
    name: 'benefit',
    fields: [
      { path: 'stock_name', input: 'text' },
      { path: 'goods_name', input: 'text' },
      { path: `${use}.fixed_normal_coupon.discount_amount`, input: 'yuan', when: ofType('NORMAL') },
      { path: `${use}.fixed_normal_coupon.transaction_minimum`, input: 'yuan', when: ofType('NORMAL') },
      { path: `${use}.discount_coupon.discount_percent`, input: 'percent', when: ofType('DISCOUNT') },
      { path: `${use}.discount_coupon.transaction_minimum`, input: 'yuan', when: ofType('DISCOUNT') },
      { path: `${use}.exchange_coupon.exchange_price`, input: 'yuan', when: ofType('EXCHANGE') },
      { path: `${use}.exchange_coupon.transaction_minimum`, input: 'yuan', when: ofType('EXCHANGE') },
      { path: 'comment', input: 'text' },
    ],
  },
  {
    name: 'time',
    fields: [
      { path: `${available}.available_begin_time`, input: 'time' },
      { path: `${available}.available_end_time`, input: 'time' },
      { path: `${available}.available_day_after_receive`, input: 'count' },
      { path: `${available}.wait_days_after_receive`, input: 'count' },
      { path: `${available}.available_second_after_receive`, input: 'count' },
      { path: `${available}.available_week.week_day`, input: 'week' },
      { path: `${available}.available_week.available_day_time`, input: 'daytimes' },
      { path: `${available}.irregulary_avaliable_time`, input: 'spans' },
    ],
  },
  {
    name: 'issue',
    fields: [
      { path: 'stock_send_rule.max_coupons', input: 'count' },
      { path: 'stock_send_rule.max_coupons_per_user', input: 'count' },
      { path: 'stock_send_rule.max_coupons_by_day', input: 'count' },
      { path: 'coupon_code_mode', input: 'choice', options: ['WECHATPAY_MODE', 'MERCHANT_API', 'MERCHANT_UPLOAD'] },
      { path: 'stock_send_rule.natural_person_limit', input: 'flag' },
      { path: 'stock_send_rule.prevent_api_abuse', input: 'flag' },
      { path: 'stock_send_rule.transferable', input: 'flag' },
      { path: 'stock_send_rule.shareable', input: 'flag' },
      { path: 'subsidy', input: 'flag' },
      { path: 'belong_merchant', input: 'text' },
      { path: 'notify_config.notify_appid', input: 'text' },
    ],
  },
  {
    name: 'look',
    fields: [
      { path: 'display_pattern_info.background_color', input: 'color', options: colors.map((c) => `Color${c}`) },
      { path: 'display_pattern_info.description', input: 'area' },
      { path: `${use}.use_method`, input: 'choice', options: ['OFF_LINE', 'MINI_PROGRAMS', 'SELF_CONSUME', 'PAYMENT_CODE'] },
      { path: `${use}.mini_programs_appid`, input: 'text', when: miniProgram },
      { path: `${use}.mini_programs_path`, input: 'text', when: miniProgram },
      { path: 'custom_entrance.code_display_mode', input: 'choice', options: ['QRCODE', 'BARCODE', 'NOT_SHOW'] },
      { path: 'custom_entrance.mini_programs_info.mini_programs_appid', text: 'entrance_appid', input: 'text' },
      { path: 'custom_entrance.mini_programs_info.mini_programs_path', text: 'entrance_path', input: 'text' },
      { path: 'custom_entrance.mini_programs_info.entrance_words', input: 'text' },
      { path: 'custom_entrance.mini_programs_info.guiding_words', input: 'text' },
      { path: 'display_pattern_info.merchant_logo_url', text: 'logo', input: 'picture' },
      { path: 'display_pattern_info.coupon_image_url', text: 'image', input: 'picture' },
    ],
  },
]

const fixed = `${available}.fix_available_time`
const favor: Step[] = [
  {
    name: 'benefit',
    fields: [
      { path: 'stock_name', input: 'text' },
      { path: face, input: 'yuan' },
      { path: `${use}.fixed_normal_coupon.transaction_minimum`, input: 'yuan' },
      { path: `${use}.available_items`, input: 'list' },
      { path: `${use}.unavailable_items`, input: 'list' },
      { path: 'comment', input: 'text' },
    ],
  },
  {
    name: 'time',
    fields: [
      { path: 'available_begin_time', input: 'time' },
      { path: 'available_end_time', input: 'time' },
      { path: `${fixed}.available_week_day`, text: 'week_day', input: 'week' },
      { path: `${fixed}.begin_time`, text: 'day_begin', input: 'clock' },
      { path: `${fixed}.end_time`, text: 'day_end', input: 'clock' },
      { path: `${available}.second_day_available`, input: 'flag' },
      { path: `${available}.available_time_after_receive`, input: 'count' },
    ],
  },
  {
    name: 'issue',
    fields: [
      { path: most, input: 'count' },
      { path: 'stock_use_rule.max_coupons_per_user', input: 'count' },
      { path: 'stock_use_rule.max_amount_by_day', input: 'yuan' },
      { path: `${use}.available_merchants`, input: 'list' },
      { path: `${use}.trade_type`, input: 'trades', options: ['MICROAPP', 'APPPAY', 'PPAY', 'CARD', 'FACE', 'OTHER'] },
      { path: `${use}.goods_tag`, input: 'list' },
      { path: 'stock_use_rule.natural_person_limit', input: 'flag' },
      { path: 'stock_use_rule.prevent_api_abuse', input: 'flag' },
      { path: `${use}.combine_use`, input: 'flag' },
    ],
  },
  {
    name: 'look',
    fields: [
      { path: 'pattern_info.background_color', input: 'color', options: [...colors.slice(0, 8), '081', '082', ...colors.slice(8), '101', '102'].map((c) => `COLOR${c}`) },
      { path: 'pattern_info.description', input: 'area' },
      { path: 'pattern_info.merchant_name', input: 'text' },
      { path: 'pattern_info.jump_target', input: 'choice', options: ['', 'PAYMENT_CODE', 'MINI_PROGRAM', 'DEFAULT_PAGE'] },
      { path: 'pattern_info.mini_program_appid', text: 'mini_programs_appid', input: 'text', when: jumps },
      { path: 'pattern_info.mini_program_path', text: 'mini_programs_path', input: 'text', when: jumps },
      { path: 'pattern_info.merchant_logo', text: 'logo', input: 'picture' },
      { path: 'pattern_info.coupon_image', text: 'image', input: 'picture' },
    ],
  },
]

export const stepsOf = (product: Product): Step[] => (product === 'favor' ? favor : busifavor)
