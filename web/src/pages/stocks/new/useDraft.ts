import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { Refusal } from '@/api/client'
import { draftOf, drop, get, keep, remove, save, saidBy, unsaved, type Draft, type Kept, type Said } from './drafts'
import { differences, same, together } from './merge'

/** SAVED on the server; KEPT in this browser only; LOST where not even that; CONFLICT: somebody else
 * saved meanwhile; GONE: somebody discarded it, or created the stock. */
export type State = 'READING' | 'SAVED' | 'SAVING' | 'KEPT' | 'LOST' | 'CONFLICT' | 'GONE' | 'NONE'

/** How long typing pauses before it is saved, and how long a save that failed waits. */
const pause = 700
const again = 5_000

export type Editing = ReturnType<typeof useDraft>

/** A draft that is saved while it is filled in. What is typed is in the browser until the server has it. */
export function useDraft(id: string) {
  const draft = shallowRef<Draft>()
  const theirs = shallowRef<Kept>()
  const state = ref<State>('READING')
  const problem = shallowRef<Refusal>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  const said = (d: Draft): Said => ({ title: d.title, body: d.body })
  const found = computed(() => (draft.value && theirs.value ? differences(draft.value.base, said(draft.value), saidBy(theirs.value)) : []))

  async function load(): Promise<void> {
    const mine = unsaved().find((d) => d.id === id)
    draft.value = mine
    try {
      const kept = await get(id)
      if (!mine || same(said(mine), saidBy(kept))) settle(draftOf(kept))
      else if (mine.version === kept.version) await push()
      else dispute(kept)
    } catch (e) {
      failed(e)
      // An id that none can have is refused as such.
      if (!mine && [400, 404].includes(problem.value!.status)) state.value = 'NONE'
      else if (mine?.version === 0 && problem.value!.status === 404) await push()
    }
  }

  /** What the server has is what is here. */
  function settle(d: Draft): void {
    draft.value = d
    theirs.value = undefined
    problem.value = undefined
    state.value = 'SAVED'
    drop(id)
  }

  function dispute(kept: Kept): void {
    theirs.value = kept
    state.value = 'CONFLICT'
  }

  function change(next: Partial<Said>): void {
    draft.value = { ...draft.value!, ...next, saved: Date.now() }
    const kept = keep(draft.value)
    if (state.value === 'CONFLICT' || state.value === 'GONE') return
    if (state.value !== 'SAVING') state.value = kept ? 'KEPT' : 'LOST'
    later(pause)
  }

  function later(wait: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void push(), wait)
  }

  /** Saves what is here. One save is under way at a time; what was typed meanwhile goes with the next. */
  async function push(): Promise<void> {
    clearTimeout(timer)
    const sent = draft.value
    if (!sent || over || state.value === 'SAVING') return
    state.value = 'SAVING'
    try {
      const kept = await save(sent)
      if (over) return
      const now = draft.value!
      if (now === sent || same(said(now), said(sent))) return settle({ ...draftOf(kept), body: now.body })
      draft.value = { ...now, version: kept.version, base: saidBy(kept) }
      state.value = keep(draft.value) ? 'KEPT' : 'LOST'
      later(pause)
    } catch (e) {
      await refused(e)
    }
  }

  async function refused(e: unknown): Promise<void> {
    failed(e)
    if (problem.value?.status === 409) {
      const kept = await get(id).catch(() => undefined)
      if (kept && kept.version !== draft.value?.version && kept.mchid === draft.value?.mchid) {
        if (same(said(draft.value), saidBy(kept))) settle(draftOf(kept))
        else dispute(kept)
      }
    } else if (problem.value?.status === 404) state.value = 'GONE'
  }

  function failed(e: unknown): void {
    problem.value = e instanceof Refusal ? e : new Refusal(0, 'PAGE', String(e))
    if (!draft.value) return
    state.value = keep(draft.value) ? 'KEPT' : 'LOST'
    if (problem.value.lost || problem.value.status >= 500) later(again)
  }

  /** Goes on with what somebody else saved. */
  const take = () => theirs.value && settle(draftOf(theirs.value))

  /** Puts what was changed here on top of what somebody else saved, and saves it. */
  async function insist(): Promise<void> {
    if (!theirs.value || !draft.value) return
    const base = saidBy(theirs.value)
    draft.value = { ...draft.value, ...together(draft.value.base, said(draft.value), base), version: theirs.value.version, base }
    theirs.value = undefined
    keep(draft.value)
    state.value = 'KEPT'
    await push()
  }

  /** Forgets the draft, here and on the server. */
  async function discard(): Promise<void> {
    over = true
    clearTimeout(timer)
    drop(id)
    await remove(id)
  }

  onScopeDispose(() => {
    if (state.value === 'KEPT') void push()
    over = true
    clearTimeout(timer)
  })
  void load()
  return { draft, state, problem, theirs, differences: found, change, push, take, insist, discard, load }
}
