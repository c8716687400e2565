/** Where a pasted text leads: a person pastes whatever is at hand. */
export type Pasted =
  | { kind: 'merchant' | 'stock' | 'voucherStock' | 'coupon' | 'user' | 'payment' | 'request' | 'event'; value: string }
  /** Something to be explained: it may be long, and travels beside the address. */
  | { kind: 'explain'; value: string }

/** What a text may be, the likeliest first; empty when it is none of them. */
export function read(pasted: string): Pasted[] {
  const text = pasted.trim()
  if (text === '') return []
  if (isTraffic(text)) return [{ kind: 'explain', value: text }]
  const plain = text.replace(/[\s-]/g, '')
  if (/^\d{8,10}$/.test(plain)) return [{ kind: 'merchant', value: plain }, { kind: 'voucherStock', value: plain }]
  if (/^\d{11,20}$/.test(plain)) return [{ kind: 'stock', value: plain }, { kind: 'coupon', value: plain }]
  if (/^o[\w-]{27}$/.test(text)) return [{ kind: 'user', value: text }]
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return [{ kind: 'event', value: text }]
  if (/^42\d{20,30}$/.test(plain)) return [{ kind: 'payment', value: plain }]
  if (/^[0-9A-Z]{8,}-\d+$/i.test(text) || /^[0-9A-F]{24,}$/i.test(text)) return [{ kind: 'request', value: text }]
  if (/^[\w-]{6,32}$/.test(plain) && /\d/.test(plain)) return [{ kind: 'coupon', value: plain }]
  return []
}

/** A request, a head of one, the output of curl -v, or a notification. */
function isTraffic(text: string): boolean {
  return (
    /WECHATPAY2-SHA256-RSA2048|WECHATPAY2-SM2-WITH-SM3/.test(text) ||
    /^(GET|POST|PATCH|PUT|DELETE) \/\S* HTTP\//m.test(text) ||
    /^[*><] /m.test(text) ||
    /"ciphertext"\s*:/.test(text)
  )
}

/** What a page finds that was pasted for it to explain. */
export const explainPlace = 'favord.explain'

interface Lead {
  path: string
  query?: Record<string, string>
}

/** The page for what was pasted; undefined where the server has none. */
export function leadOf(p: Pasted, sandbox: boolean): Lead | undefined {
  switch (p.kind) {
    case 'merchant':
      return { path: `/merchants/${p.value}` }
    case 'stock':
      return { path: `/stocks/${p.value}` }
    case 'voucherStock':
      return { path: `/stocks/${p.value}`, query: { product: 'favor' } }
    case 'user':
      return { path: '/coupons', query: { openid: p.value } }
    case 'coupon':
      return { path: '/coupons', query: { code: p.value } }
    case 'payment':
      return { path: '/payments', query: { payment: p.value } }
    case 'request':
      return sandbox ? { path: `/dev/requests/${encodeURIComponent(p.value)}` } : undefined
    case 'event':
      return { path: `/dev/callbacks/${encodeURIComponent(p.value)}` }
    case 'explain':
      if (!sandbox) return undefined
      sessionStorage.setItem(explainPlace, p.value)
      return { path: '/dev/explain', query: { pasted: String(p.value.length) } }
  }
}
