import { answer, api, type Schemas } from '@/api/client'

/** What following a chain found. */
export interface Verdict {
  entries: number
  place: number
  hash: string
  flaw?: Schemas['manage.VerifiedAudit']['flaw']
  flawPlace?: number
}

/** Follows a chain from its first entry to its end, piece by piece. */
export async function verify(mchid: string, signal: AbortSignal, progress: (entries: number) => void): Promise<Verdict> {
  const verdict: Verdict = { entries: 0, place: 0, hash: '' }
  for (;;) {
    const query = { mchid: mchid || undefined, ...(verdict.place > 0 && { after: verdict.place, hash: verdict.hash }) }
    const got = await answer(api.GET('/manage/v1/audit/verify', { params: { query }, signal }))
    verdict.entries += got.entries
    verdict.place = got.last.place
    verdict.hash = got.last.hash
    if (got.flaw) return { ...verdict, flaw: got.flaw, flawPlace: got.flaw_place }
    if (got.ended) return verdict
    progress(verdict.entries)
  }
}

/** The sealed entries of a chain as JSON Lines, the oldest first, as `favord audit export` has them. */
export async function exported(mchid: string, signal: AbortSignal, progress: (entries: number) => void): Promise<Blob> {
  const pieces: string[] = []
  let after = 0
  for (let end: number | undefined; end === undefined || after < end; ) {
    const page = await answer(api.GET('/manage/v1/audit/export', { params: { query: { mchid: mchid || undefined, after, limit: 1000 } }, signal }))
    // Taking the server's own audit adds to it: the first answer says where it ends.
    end ??= page.head.place
    if (page.entries.length === 0) break
    pieces.push(page.entries.map((e) => `${JSON.stringify(e)}\n`).join(''))
    after = page.entries.at(-1)!.place!
    progress(after)
  }
  return new Blob(pieces, { type: 'application/jsonl' })
}
