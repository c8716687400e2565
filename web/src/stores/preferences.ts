import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { speak, type Language } from '@/i18n'

export type Theme = 'auto' | 'light' | 'dark'

function kept(name: string): string | null {
  try {
    return localStorage.getItem(`favord.${name}`)
  } catch {
    return null
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`favord.${name}`, value)
  } catch {
    // A browser that keeps nothing shows the page all the same.
  }
}

/** What a person likes, kept in the browser. */
export const usePreferences = defineStore('preferences', () => {
  const theme = ref<Theme>((kept('theme') as Theme | null) ?? 'auto')
  const language = ref<Language>(document.documentElement.lang === 'en' ? 'en' : 'zh')
  /** Whether letters alone are shortcuts. */
  const letters = ref(kept('letters') !== 'off')

  const system = matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(system.matches)
  system.addEventListener('change', (e) => (systemDark.value = e.matches))
  const dark = computed(() => theme.value === 'dark' || (theme.value === 'auto' && systemDark.value))
  watch(dark, (on) => document.documentElement.classList.toggle('dark', on), { immediate: true })

  function setTheme(to: Theme): void {
    theme.value = to
    keep('theme', to)
  }
  async function setLanguage(to: Language): Promise<void> {
    await speak(to)
    language.value = to
    keep('language', to)
  }
  function setLetters(on: boolean): void {
    letters.value = on
    keep('letters', on ? 'on' : 'off')
  }
  return { theme, dark, language, letters, setTheme, setLanguage, setLetters }
})
