import { Refusal } from '@/api/client'
import { Stopped } from '@/api/passkey'
import { useText } from '@/i18n'
import passkeysTexts from '@/i18n/parts/passkeys'

/** Why something with a passkey was not done, in words. What is nobody's fault is thrown on. */
export function useStopped(): (e: unknown) => string {
  const { t } = useText(passkeysTexts)
  return (e) => {
    if (e instanceof Stopped) return t(`passkeys.${e.why}`, { why: e.message })
    if (e instanceof Refusal) return e.lost ? t('shell.problem.lost') : e.message
    throw e
  }
}
