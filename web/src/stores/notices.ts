import { defineStore } from 'pinia'
import { ref } from 'vue'
import { why } from '@/shell/why'

export interface Notice {
  id: number
  tone: 'good' | 'bad'
  text: string
  /** What takes back what was done. */
  undo?: () => Promise<unknown>
}

/** How long a notice stays, and one that can be undone. */
const stay = 5_000
const stayUndo = 10_000

/** Short messages at the edge of the page. */
export const useNotices = defineStore('notices', () => {
  const list = ref<Notice[]>([])
  let next = 1

  function dismiss(id: number): void {
    list.value = list.value.filter((n) => n.id !== id)
  }
  function add(notice: Omit<Notice, 'id'>): void {
    const id = next++
    list.value = [...list.value.slice(-2), { ...notice, id }]
    setTimeout(() => dismiss(id), notice.undo ? stayUndo : stay)
  }
  function done(what: string, undo?: () => Promise<unknown>): void {
    add({ tone: 'good', text: what, undo })
  }
  function failed(e: unknown): void {
    add({ tone: 'bad', text: why(e) })
  }
  return { list, done, failed, dismiss }
})
