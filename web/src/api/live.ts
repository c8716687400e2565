import { EventSource } from 'eventsource'
import { callHeaders, type Schemas } from './client'

/** What happens in a sandbox, as it happens. */
export interface Listener {
  /** A request was answered. */
  request?(line: Schemas['manage.JournalLine']): void
  /** Requests in between are not kept any more. */
  stale?(): void
  clock?(reading: Schemas['manage.Clock']): void
  faults?(list: Schemas['manage.FaultList']): void
  /** The stream is open, or broke and is taken up again. */
  open?(on: boolean): void
}

/**
 * Follows the sandbox until it is stopped. A stream that breaks is taken up where it broke; while
 * the tab is hidden it is closed, so that it takes no connection, and then taken up likewise.
 */
export function follow(query: Record<string, string>, listener: Listener): () => void {
  let source: EventSource | undefined
  let last = ''
  let retry: ReturnType<typeof setTimeout> | undefined
  const target = `/manage/v1/events?${new URLSearchParams(query)}`

  function open(): void {
    source = new EventSource(target, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...callHeaders(), ...(last ? { 'Last-Event-ID': last } : {}) } }),
    })
    on('journal', (data) => listener.request?.(data))
    on('stale', () => listener.stale?.())
    on('clock', (data) => listener.clock?.(data))
    on('faults', (data) => listener.faults?.(data))
    source.onopen = () => listener.open?.(true)
    source.onerror = () => {
      listener.open?.(false)
      // The library takes up what broke, not what was refused.
      if (source?.readyState === EventSource.CLOSED) {
        close()
        retry = setTimeout(open, 3000)
      }
    }
  }
  function on(name: string, act: (data: any) => void): void {
    source!.addEventListener(name, (e) => {
      if (e.lastEventId) last = e.lastEventId
      act(JSON.parse(e.data as string))
    })
  }
  function close(): void {
    clearTimeout(retry)
    source?.close()
    source = undefined
  }
  function onVisibility(): void {
    if (document.hidden) close()
    else if (!source) open()
  }
  open()
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    close()
  }
}
