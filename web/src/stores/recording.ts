import { defineStore } from 'pinia'
import { ref } from 'vue'
import { answer, api } from '@/api/client'

const place = 'favord.recording'

interface Recording {
  mchid: string
  /** The sequence of the log after which it began. */
  after: number
}

/** The newest sequence of the log. */
async function newest(): Promise<number> {
  return (await answer(api.GET('/manage/v1/journal', { params: { query: { limit: 1 } } }))).last
}

/** A recording of what a merchant calls, which goes on over all pages of the tab. */
export const useRecording = defineStore('recording', () => {
  const running = ref<Recording | undefined>(JSON.parse(sessionStorage.getItem(place) ?? 'null') ?? undefined)

  async function start(mchid: string): Promise<void> {
    running.value = { mchid, after: await newest() }
    sessionStorage.setItem(place, JSON.stringify(running.value))
  }
  /** Ends it, and says which part of the log it is. */
  async function stop(): Promise<(Recording & { until: number }) | undefined> {
    if (!running.value) return undefined
    const done = { ...running.value, until: await newest() }
    running.value = undefined
    sessionStorage.removeItem(place)
    return done
  }
  return { running, start, stop }
})
