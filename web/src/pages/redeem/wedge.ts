/** A hand scanner types as a keyboard does, much faster than a person, and ends with Enter or Tab. */

/** The longest pause between two keys of a scanner, in milliseconds, and its shortest code. */
const pause = 60
const shortest = 6

/** Tells whether what was typed last came from a scanner. */
export class Wedge {
  private count = 0
  private last = 0

  key(at: number): void {
    this.count = at - this.last <= pause ? this.count + 1 : 1
    this.last = at
  }

  /** Reports whether a Tab at a time ends a code. */
  ends(at: number): boolean {
    return this.count >= shortest && at - this.last <= pause
  }
}

/** A code as it was meant: a Chinese keyboard makes wide letters of a scanner's, and spaces only
 * group digits. */
export function codeOf(typed: string): string {
  return typed.normalize('NFKC').replace(/\s/g, '')
}

/** Whether a key, pressed anywhere on the desk, begins a code. */
export function begins(e: { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; target: EventTarget | null }): boolean {
  if (e.key.length !== 1 || e.key === ' ' || e.key === '?' || e.ctrlKey || e.metaKey || e.altKey) return false
  return !(e.target instanceof Element && e.target.closest('input, textarea, select, [role=dialog], [role=combobox]'))
}
