import type { Schemas } from '@/api/client'
import type { Field, Step } from './kinds'

export type Problem = Schemas['manage.DraftProblem']

/** Whether a problem is about a field: about it, about a part of it, or about what it is the first part of. */
function about(p: Problem, f: Field, first: boolean): boolean {
  const field = p.field ?? ''
  return field === f.path || field.startsWith(`${f.path}.`) || (first && field !== '' && f.path.startsWith(`${field}.`))
}

/** Each problem at its field; those that belong to none are under ''. */
export function sorted(problems: Problem[], steps: Step[], shown: (f: Field) => boolean): Map<string, Problem[]> {
  const fields = steps.flatMap((s) => s.fields).filter(shown)
  const all = new Map<string, Problem[]>()
  for (const p of problems) {
    const f = fields.find((one) => about(p, one, false)) ?? fields.find((one) => about(p, one, true))
    const path = f?.path ?? ''
    all.set(path, [...(all.get(path) ?? []), p])
  }
  return all
}
