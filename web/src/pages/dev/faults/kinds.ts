import type { Schemas } from '@/api/client'

export type Kind = Schemas['manage.AddFaultRequest']['kind']

/** The kinds of faults, in groups that a reader understands. */
export const groups: { title: 'faults.groups.answer' | 'faults.groups.signature' | 'faults.groups.callback'; kinds: Kind[] }[] = [
  { title: 'faults.groups.answer', kinds: ['ERROR', 'DELAY', 'CUT_BEFORE', 'CUT_AFTER', 'BILL_HASH'] },
  { title: 'faults.groups.signature', kinds: ['BAD_SIGNATURE', 'NO_SIGNATURE', 'STALE_SIGNATURE', 'OTHER_SERIAL', 'PROBE'] },
  { title: 'faults.groups.callback', kinds: ['CALLBACK_DUPLICATE', 'CALLBACK_DELAY', 'CALLBACK_REORDER', 'CALLBACK_FORGED', 'CALLBACK_STALE', 'CALLBACK_PROBE', 'CALLBACK_EMPTY_ATTACH_INFO'] },
]

/** What a kind needs besides. */
export const needsDelay = (k: Kind): boolean => k === 'DELAY' || k === 'CALLBACK_DELAY'
export const needsError = (k: Kind): boolean => k === 'ERROR'
