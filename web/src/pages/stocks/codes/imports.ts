import { defineStore } from 'pinia'
import { reactive, shallowReactive } from 'vue'
import { answer, api, Refusal, type Schemas } from '@/api/client'
import { base64, mostBytes, partBytes, printOf } from './file'
import { dropFile, keepFile, keptFile } from './keep'

export type Job = Schemas['manage.CodeImport']

/** The import of a stock: the server does the work, a browser brings the file. */
export interface Import {
  /** What the server says of it; undefined while that is not known, null when there is none. */
  job: Job | null | undefined
  /** This browser reads or uploads the file now. */
  sending: boolean
  /** The chosen file is too large. */
  big: boolean
  /** Why the upload stopped, or something else failed. */
  problem: Refusal | undefined
  /** When this browser first saw it run, and how many codes were imported by then, for its pace. */
  began: number
  from: number
}

/** Tries of a part that the server had no time for, and the pause between them. */
const tries = 6
const pauseMS = 500

const fresh = (): Import => shallowReactive({ job: undefined, sending: false, big: false, problem: undefined, began: 0, from: 0 })

/** Uploads go on while other pages are looked at; what is uploaded is the server's. */
export const useImports = defineStore('imports', () => {
  const all = reactive(new Map<string, Import>())

  function of(stock: string): Import {
    let one = all.get(stock)
    if (!one) all.set(stock, (one = fresh()))
    return all.get(stock) ?? one
  }

  function note(one: Import, job: Job | null): void {
    if (job?.phase === 'RUNNING' && one.job?.phase !== 'RUNNING') Object.assign(one, { began: Date.now(), from: job.done })
    one.job = job
  }

  /** Asks how far it is. */
  async function look(stock: string): Promise<void> {
    const one = of(stock)
    try {
      note(one, await answer(api.GET('/manage/v1/stocks/{stock_id}/code-import', { params: { path: { stock_id: stock } } })))
      if (!one.sending) one.problem = undefined
    } catch (e) {
      if (e instanceof Refusal && e.status === 404) note(one, null)
      else one.problem = asRefusal(e)
    }
  }

  /** Does something about it, and says what went wrong. */
  async function act(stock: string, deed: (one: Import) => Promise<Job | null | undefined>): Promise<void> {
    const one = of(stock)
    one.problem = undefined
    try {
      const job = await deed(one)
      if (job !== undefined) note(one, job)
    } catch (e) {
      one.problem = asRefusal(e)
    }
  }

  /** Begins with a file, or goes on with it where its upload was. */
  async function open(stock: string, file: Blob, name: string): Promise<void> {
    const one = of(stock)
    one.big = file.size > mostBytes
    if (one.big || one.sending) return
    one.sending = true
    await act(stock, async () => {
      const print = await printOf(file)
      note(one, await answer(api.POST('/manage/v1/stocks/{stock_id}/code-import', { params: { path: { stock_id: stock } }, body: { name: name.slice(-200), print, size: file.size } })))
      await keepFile(stock, new File([file], name))
      while (one.job?.phase === 'UPLOADING') note(one, await add(one.job, file))
      await dropFile(stock)
      return undefined
    })
    one.sending = false
  }

  /** Goes on with an upload of an earlier visit; returns false when the file is to be chosen again. */
  async function resume(stock: string): Promise<boolean> {
    const file = await keptFile(stock)
    if (!file || file.size !== of(stock).job?.size) return false
    void open(stock, file, of(stock).job?.name ?? '')
    return true
  }

  const path = (job: Job) => ({ params: { path: { stock_id: job.stock_id, import_id: job.import_id } } })
  const run = (stock: string) => act(stock, async (one) => (one.job ? answer(api.POST('/manage/v1/stocks/{stock_id}/code-import/{import_id}/run', path(one.job))) : undefined))
  const pause = (stock: string) => act(stock, async (one) => (one.job ? answer(api.POST('/manage/v1/stocks/{stock_id}/code-import/{import_id}/pause', path(one.job))) : undefined))
  const drop = (stock: string) =>
    act(stock, async (one) => {
      if (one.job) await answer(api.DELETE('/manage/v1/stocks/{stock_id}/code-import/{import_id}', path(one.job)))
      await dropFile(stock)
      return null
    })
  return { all, of, look, open, resume, run, pause, drop }
})

function asRefusal(e: unknown): Refusal {
  return e instanceof Refusal ? e : new Refusal(0, 'PAGE', '')
}

/** Uploads the next part; again when the server had no time for it or was away for a moment. */
async function add(job: Job, file: Blob): Promise<Job> {
  const params = { path: { stock_id: job.stock_id, import_id: job.import_id } }
  const content = await base64(file.slice(job.received, job.received + partBytes))
  for (let n = 1; ; n++) {
    try {
      return await answer(api.POST('/manage/v1/stocks/{stock_id}/code-import/{import_id}/parts', { params, body: { offset: job.received, content } }))
    } catch (e) {
      const busy = e instanceof Refusal && (e.status === 0 || e.status === 429 || e.status >= 500)
      if (!busy || n === tries) throw e
      await new Promise((resolve) => setTimeout(resolve, pauseMS * n))
    }
  }
}

/** Wrong lines of a file: those of the first page, or all that are listed. */
export async function wrongLines(job: Job, whole: 'first' | 'all'): Promise<Schemas['manage.WrongLine'][]> {
  const lines: Schemas['manage.WrongLine'][] = []
  let after: number | undefined
  do {
    const page = await answer(
      api.GET('/manage/v1/stocks/{stock_id}/code-import/{import_id}/wrong', { params: { path: { stock_id: job.stock_id, import_id: job.import_id }, query: { after } } }),
    )
    lines.push(...page.lines)
    after = page.next
  } while (after && whole === 'all')
  return lines
}
