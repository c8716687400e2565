import type { Language as ElementLanguage } from 'element-plus/es/locale'
import { computed, shallowRef } from 'vue'
import type { Messages } from './messages'
import { say, type Language, type Part } from './part'
import shellTexts from './parts/shell'

export type { Language } from './part'

type Leaves<T, Before extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Before}${K}` : Leaves<T[K], `${Before}${K}.`>
}[keyof T & string]

/** The name of a text of some parts. One that does not exist does not compile. */
export type Key<Name extends keyof Messages> = { [N in Name]: Leaves<Messages[N], `${N}.`> }[Name]

/** Says texts of some parts. */
export type Translate<Name extends keyof Messages> = (key: Key<Name>, named?: Record<string, unknown>) => string

const spoken = shallowRef<Language>('zh')

/** The texts of Element Plus. */
export const elementTexts = shallowRef<ElementLanguage>()

const loaders = {
  zh: () => import('element-plus/es/locale/lang/zh-cn.mjs'),
  en: () => import('element-plus/es/locale/lang/en.mjs'),
}

/** Shows a language. */
export async function speak(language: Language): Promise<void> {
  elementTexts.value = ((await loaders[language]()) as unknown as { default: ElementLanguage }).default
  spoken.value = language
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
}

/** Texts outside components: those of the shell and of the given parts, in the language of the moment. */
export function textsOf<Name extends keyof Messages = never>(...parts: Part<Name>[]): Translate<Name | 'shell'> {
  const known = new Map<string, Part>([shellTexts, ...parts].map((p) => [p.name, p]))
  return (key, named) => say(known, spoken.value, key, named)
}

/** Texts of a component, which change with the language: those of the shell and of the given parts. A
 * text of another part does not compile. */
export function useText<Name extends keyof Messages = never>(...parts: Part<Name>[]) {
  const language = computed(() => spoken.value)
  /** Of two texts of the server, the one in the reader's language. */
  const either = (chinese: string | undefined, english: string | undefined) => (language.value === 'en' ? english || chinese : chinese || english) ?? ''
  return { t: textsOf(...parts), language, either }
}
