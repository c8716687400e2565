/** Every page, with something on it. */
export interface Place {
  path: string
  /** What is on the page once it is whole. */
  whole: string
}

export function places(of: { stock: string; code: string; openid: string; mchid: string; refused: string }): Place[] {
  return [
    { path: '/', whole: '.figures canvas' },
    { path: '/stocks', whole: 'table.list' },
    { path: `/stocks?product=favor&mchid=${of.mchid}`, whole: 'table.list' },
    { path: `/stocks/${of.stock}`, whole: '[role=meter]' },
    { path: `/stocks/${of.stock}/codes`, whole: '.empty' },
    { path: '/stocks/new', whole: '.kinds' },
    { path: '/stocks/new/none', whole: '.empty' },
    { path: '/coupons', whole: 'form[role=search]' },
    { path: `/coupons?openid=${of.openid}`, whole: 'table.list' },
    { path: `/coupons/${of.stock}/${of.code}`, whole: '.life li' },
    { path: `/coupons?product=favor&openid=${of.openid}`, whole: 'table.list' },
    { path: '/users', whole: 'table.list' },
    { path: `/audit?mchid=${of.mchid}`, whole: 'table.list' },
    { path: '/proof', whole: '.empty, .verdict' },
    { path: '/people', whole: 'section:last-of-type table.list' },
    { path: '/account', whole: 'p.card' },
    { path: '/merchants', whole: 'table.list' },
    { path: `/merchants/${of.mchid}`, whole: 'dl' },
    { path: `/merchants/${of.mchid}?tab=balance`, whole: 'table.list' },
    { path: `/merchants/${of.mchid}?tab=keys`, whole: '.id' },
    { path: '/dev/requests', whole: 'a.line' },
    { path: `/dev/requests/${of.refused}`, whole: '.columns, .sentence' },
    { path: `/dev/requests/${of.refused}?tab=code`, whole: 'pre' },
    { path: `/dev/requests/${of.refused}?tab=replay`, whole: '.bytes, .row' },
    { path: '/dev/explain', whole: 'textarea' },
    { path: '/dev/callbacks', whole: 'summary' },
    { path: '/dev/time', whole: 'time' },
    { path: '/dev/scenario?after=0&until=1000000', whole: 'pre' },
    { path: '/dev/faults', whole: '.kind' },
    { path: '/payments', whole: '.two .vouchers, .two .empty' },
    { path: '/redeem', whole: '.desk' },
    { path: `/coupons?code=${of.code}`, whole: 'table.list' },
    { path: '/dev/api', whole: 'nav li' },
    { path: '/dev/api/busifavor.coupons.use', whole: 'form textarea' },
    { path: '/dev/errors?q=sign', whole: 'details' },
    { path: '/no-such-page', whole: '.empty' },
  ]
}

export interface Variant {
  language: 'zh' | 'en'
  theme: 'light' | 'dark'
  width: 1280 | 390
}

const all: Variant[] = (['zh', 'en'] as const).flatMap((language) => (['light', 'dark'] as const).flatMap((theme) => ([1280, 390] as const).map((width) => ({ language, theme, width }))))

/** The variants in which the nth page is looked at: all of them, or one in turn. */
export function variants(n: number): Variant[] {
  return process.env.FULL ? all : [all[(n * 3) % all.length]!]
}
