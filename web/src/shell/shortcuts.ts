import { onBeforeUnmount, onMounted } from 'vue'
import { usePreferences } from '@/stores/preferences'
import { usePlaces } from './places'

/** How long the second letter may take, in milliseconds. */
const patience = 1000

export interface Shortcuts {
  palette(): void
  help(): void
  go(path: string): void
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return Boolean(element?.closest('input, textarea, select, [contenteditable], [role=combobox], [role=dialog]'))
}

/** Keys that work on every page. Pages with lists have j and k of their own. */
export function useShortcuts(to: Shortcuts): void {
  const preferences = usePreferences()
  const places = usePlaces()
  let waiting = 0

  function onKey(e: KeyboardEvent): void {
    if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === 'k') {
      e.preventDefault()
      to.palette()
      return
    }
    if (!preferences.letters || e.metaKey || e.ctrlKey || e.altKey || isTyping(e.target)) return
    if (Date.now() < waiting) {
      waiting = 0
      const place = places.value.find((p) => p.letter === e.key)
      if (place) {
        e.preventDefault()
        to.go(place.path)
        return
      }
    }
    if (e.key === 'g') waiting = Date.now() + patience
    else if (e.key === '?') to.help()
    else if (e.key === '/') {
      const filter = document.querySelector<HTMLElement>('main [data-filter]')
      if (filter) {
        e.preventDefault()
        ;(filter.querySelector('input') ?? filter).focus()
      }
    }
  }
  onMounted(() => addEventListener('keydown', onKey))
  onBeforeUnmount(() => removeEventListener('keydown', onKey))
}
