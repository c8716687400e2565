import { Refusal } from '@/api/client'
import { textsOf } from '@/i18n'

/** Why a call was not carried out, in words. */
export function why(e: unknown): string {
  return e instanceof Refusal && e.message ? e.message : textsOf()('shell.problem.lost')
}
