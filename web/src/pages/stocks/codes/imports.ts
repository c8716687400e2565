import { defineStore } from 'pinia'
import { reactive, shallowReactive } from 'vue'
import { actAs, type Made } from '@/api/act'
import { Refusal } from '@/api/client'
import { check, mostBytes, mostListed, numberOf, perCall, type BadLine } from './file'
import { dropFile, dropProgress, keepFile, keepProgress, keptFile, keptProgress } from './keep'

/** kept is one of an earlier visit; big and many are files that are too large. */
export type Phase = 'kept' | 'checking' | 'big' | 'many' | 'empty' | 'checked' | 'running' | 'paused' | 'done'

/** A code that the server refused. */
export interface Refused {
  code: string
  why: string
}

export interface Import {
  phase: Phase
  name: string
  lines: number
  good: number
  bad: BadLine[]
  badCount: number
  /** Codes that were sent; of these stored ones are new, existed ones were there. */
  sent: number
  stored: number
  existed: number
  refused: Refused[]
  /** Why it paused by itself: the server's words in both languages. */
  problem?: { zh: string; en: string }
  lost: boolean
  /** When it began to run and how many were sent by then, for its pace. */
  began: number
  from: number
}

/** Calls at a time, tries of a call that the server had no time for, and the pause between them. */
const wide = 4
const tries = 8
const pauseMS = 500

interface Upload {
  success_count: number
  exist_codes?: string[]
  fail_codes?: { coupon_code: string; message: string }[]
}

/** Why an import stops by itself. */
class Stop extends Error {
  constructor(readonly made?: Made) {
    super('the import stops')
  }
}

const fresh = (name: string): Import => shallowReactive({ phase: 'checking', name, lines: 0, good: 0, bad: [], badCount: 0, sent: 0, stored: 0, existed: 0, refused: [], lost: false, began: 0, from: 0 })

/** Imports of codes run on while other pages are looked at. Each stock has one at most. */
export const useImports = defineStore('imports', () => {
  const all = reactive(new Map<string, Import>())
  const codes = new Map<string, string[]>()
  const prints = new Map<string, string>()

  /** Finds one that an earlier visit left. */
  function restore(stock: string): void {
    const p = keptProgress(stock)
    if (!p || all.has(stock)) return
    all.set(stock, Object.assign(fresh(p.name), { phase: 'kept', good: p.good, sent: p.sent, stored: p.stored, existed: p.existed }))
  }

  /** Reads a file. One that was begun before goes on where it was. */
  async function open(stock: string, file: Blob, name: string): Promise<void> {
    const one = fresh(name)
    all.set(stock, one)
    const checked = file.size > mostBytes ? 'big' : ((await check(file)) ?? 'many')
    if (all.get(stock) !== one) return
    if (typeof checked === 'string') {
      one.phase = checked
      return
    }
    codes.set(stock, checked.codes)
    prints.set(stock, checked.print)
    const p = keptProgress(stock)
    const same = p?.print === checked.print ? p : undefined
    Object.assign(one, { lines: checked.lines, good: checked.codes.length, bad: checked.bad, badCount: checked.badCount, sent: same?.sent ?? 0, stored: same?.stored ?? 0, existed: same?.existed ?? 0 })
    one.phase = checked.codes.length === 0 ? 'empty' : same ? 'paused' : 'checked'
    if (one.phase !== 'empty') await keepFile(stock, file)
  }

  /** Goes on with one of an earlier visit; returns false when its file is to be chosen again. */
  async function resume(stock: string, mchid: string): Promise<boolean> {
    const one = all.get(stock)
    if (one?.phase === 'kept') {
      const file = await keptFile(stock)
      if (!file) return false
      await open(stock, file, one.name)
    }
    void run(stock, mchid)
    return true
  }

  function pause(stock: string): void {
    const one = all.get(stock)
    if (one?.phase === 'running') one.phase = 'paused'
  }

  async function drop(stock: string): Promise<void> {
    all.delete(stock)
    codes.delete(stock)
    prints.delete(stock)
    dropProgress(stock)
    await dropFile(stock)
  }

  async function run(stock: string, mchid: string): Promise<void> {
    const one = all.get(stock)
    const list = codes.get(stock)
    const print = prints.get(stock)
    if (!one || !list || !print || one.phase === 'running') return
    Object.assign(one, { phase: 'running', problem: undefined, lost: false, began: Date.now(), from: one.sent })
    const call = (n: number) => send(stock, mchid, numberOf(stock, print, n), list.slice(n * perCall, (n + 1) * perCall))
    try {
      const on = () => all.get(stock) === one && one.phase === 'running'
      while (on() && one.sent < list.length) {
        const first = Math.floor(one.sent / perCall)
        const last = Math.min(first + wide, Math.ceil(list.length / perCall))
        const got = await Promise.all(Array.from({ length: last - first }, (_, i) => call(first + i)))
        for (const g of got) count(one, g)
        one.sent = Math.min(list.length, last * perCall)
        keepProgress(stock, { name: one.name, print, good: one.good, sent: one.sent, stored: one.stored, existed: one.existed })
      }
      if (one.sent < list.length || all.get(stock) !== one) return
      one.phase = 'done'
      dropProgress(stock)
      void dropFile(stock)
    } catch (e) {
      one.phase = 'paused'
      one.lost = !(e instanceof Stop)
      if (e instanceof Stop && e.made) one.problem = { zh: e.made.refused_zh ?? String(e.made.status), en: e.made.refused_en ?? String(e.made.status) }
      else if (e instanceof Refusal && e.message) one.problem = { zh: e.message, en: e.message }
    }
  }
  return { all, restore, open, run, resume, pause, drop }
})

function count(one: Import, got: Upload): void {
  one.stored += got.success_count
  one.existed += got.exist_codes?.length ?? 0
  const refused = (got.fail_codes ?? []).map((f) => ({ code: f.coupon_code, why: f.message }))
  if (refused.length > 0) one.refused = [...one.refused, ...refused].slice(0, mostListed)
}

/** Sends codes; again when the server had no time for them. */
async function send(stock: string, mchid: string, number: string, list: string[]): Promise<Upload> {
  for (let n = 1; ; n++) {
    const made = await actAs(mchid, 'POST', `/v3/marketing/busifavor/stocks/${stock}/couponcodes`, { coupon_code_list: list, upload_request_no: number })
    if (made.status < 300) return JSON.parse(made.body ?? '{}') as Upload
    if ((made.status !== 429 && made.status < 500) || n === tries) throw new Stop(made)
    await new Promise((resolve) => setTimeout(resolve, pauseMS * n))
  }
}
