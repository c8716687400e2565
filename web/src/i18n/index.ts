import { createI18n, useI18n } from 'vue-i18n'
import { computed, shallowRef } from 'vue'
import type { Language as ElementLanguage } from 'element-plus/es/locale'
import type zh from './zh'

export type Language = 'zh' | 'en'
type Messages = typeof zh

type Leaves<T, Before extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Before}${K}` : Leaves<T[K], `${Before}${K}.`>
}[keyof T & string]

/** The name of a text. One that does not exist does not compile. */
export type Key = Leaves<Messages>

export const i18n = createI18n({ legacy: false, locale: 'zh', fallbackLocale: false, messages: {}, missingWarn: false, fallbackWarn: false })

/** The texts of Element Plus. */
export const elementTexts = shallowRef<ElementLanguage>()

const loaders = {
  zh: () => Promise.all([import('./zh'), import('element-plus/es/locale/lang/zh-cn.mjs')]),
  en: () => Promise.all([import('./en'), import('element-plus/es/locale/lang/en.mjs')]),
}

/** Loads a language, which only then travels, and shows it. */
export async function speak(language: Language): Promise<void> {
  const [ours, theirs] = await loaders[language]()
  i18n.global.setLocaleMessage(language, ours.default)
  elementTexts.value = (theirs as unknown as { default: ElementLanguage }).default
  ;(i18n.global.locale as unknown as { value: Language }).value = language
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
}

export type Translate = (key: Key, named?: Record<string, unknown>, plural?: number) => string

function translate(key: Key, named: Record<string, unknown> = {}, plural?: number): string {
  const t = i18n.global.t as (key: string, named: Record<string, unknown>, plural?: number) => string
  return plural === undefined ? t(key, named) : t(key, named, plural)
}

/** Texts outside components. */
export const text: Translate = translate

/** Texts of a component, which change with the language. */
export function useText() {
  const { locale } = useI18n()
  const language = computed(() => (locale.value === 'en' ? 'en' : 'zh') as Language)
  /** Of two texts of the server, the one in the reader's language. */
  const either = (chinese: string | undefined, english: string | undefined) => (language.value === 'en' ? english || chinese : chinese || english) ?? ''
  return { t: translate as Translate, language, either }
}
