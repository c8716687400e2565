import type { Schemas } from '@/api/client'
import type { Field, Step } from './kinds'

export type Problem = Schemas['manage.DraftProblem']

/** Whether a problem is about a field: about it, about a part of it, or about what it is the first part of. */
function about(p: Problem, f: Field, first: boolean): boolean {
  const field = p.field ?? ''
  return field === f.path || field.startsWith(`${f.path}.`) || (first && field !== '' && f.path.startsWith(`${field}.`))
}

/** A problem with the field that it is about, and the step where that is filled in; neither if it is about none. */
export interface Located {
  problem: Problem
  field?: Field
  step?: Step
}

/** Every problem with its place. */
export function located(problems: Problem[], steps: Step[], shown: (f: Field) => boolean): Located[] {
  return problems.map((problem) => {
    for (const first of [false, true]) {
      for (const step of steps) {
        const field = step.fields.find((f) => shown(f) && about(problem, f, first))
        if (field) return { problem, field, step }
      }
    }
    return { problem }
  })
}

/** Each problem at its field; those that belong to none are under ''. */
export function sorted(problems: Problem[], steps: Step[], shown: (f: Field) => boolean): Map<string, Problem[]> {
  const all = new Map<string, Problem[]>()
  for (const { problem, field } of located(problems, steps, shown)) {
    const path = field?.path ?? ''
    all.set(path, [...(all.get(path) ?? []), problem])
  }
  return all
}
