import { answer, api, Refusal } from '@/api/client'

const target = '/v3/marketing/favor/media/image-upload'

/** What of a file travels at most, in bytes. The API takes less: it refuses what is cut here for its
 * size, in its own words. */
export const most = 5 << 19

/** Bytes as base64. */
export function base64Of(bytes: Uint8Array): string {
  const pieces: string[] = []
  for (let i = 0; i < bytes.length; i += 0x8000) pieces.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)))
  return btoa(pieces.join(''))
}

/** Where this server shows the image of a URL, or nothing: an image elsewhere is not asked for. */
export function shownAt(url: string): string {
  return /\/wxpaylogo\/[\w-]{32}\/0$/.exec(url.trim())?.[0] ?? ''
}

/** Uploads an image as a merchant, by the API's own operation; returns its media_url. */
export async function upload(mchid: string, file: File, either: (zh?: string, en?: string) => string): Promise<string> {
  const content = base64Of(new Uint8Array(await file.slice(0, most).arrayBuffer()))
  const body = { method: 'POST' as const, target, file: { name: file.name, ...(content && { content }) } }
  const made = await answer(api.POST('/manage/v1/merchants/{mchid}/calls', { params: { path: { mchid } }, body }))
  if (made.status >= 300) throw new Refusal(made.status, 'REFUSED', either(made.refused_zh, made.refused_en))
  return (JSON.parse(made.body ?? '{}') as { media_url: string }).media_url
}
