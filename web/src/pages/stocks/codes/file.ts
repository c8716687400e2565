/** How many codes a call may upload, and a file may have. */
export const perCall = 200
export const most = 1_000_000
/** The largest file, in bytes. */
export const mostBytes = 64 * 2 ** 20
/** How many wrong lines are listed; all are counted. */
export const mostListed = 10_000

/** Why a line is not imported: longer than 32, other characters, on an earlier line already. */
export type Wrong = 'LONG' | 'FORM' | 'AGAIN'

export interface BadLine {
  line: number
  text: string
  wrong: Wrong
  /** The earlier line. */
  first?: number
}

export interface Checked {
  lines: number
  codes: string[]
  bad: BadLine[]
  badCount: number
  /** Tells files with other codes apart. */
  print: string
}

/** What a code may be made of, as the API says it. */
const form = /^[0-9A-Za-z \-_\\/=|]+$/
/** How much of a wrong line is shown. */
const shown = 60

/** Four 32-bit lanes over what is fed to them: the same codes in the same order have the same print. */
class Print {
  private readonly lanes = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as [number, number, number, number]

  add(text: string): void {
    let [a, b, c, d] = this.lanes
    for (let i = 0; i <= text.length; i++) {
      const x = i < text.length ? text.charCodeAt(i) : 10
      a = Math.imul(a ^ x, 2654435761)
      b = Math.imul(b ^ x, 1597334677)
      c = Math.imul((c << 5) ^ (c >>> 27) ^ x, 2246822507)
      d = Math.imul((d << 7) ^ (d >>> 25) ^ x, 3266489909)
    }
    this.lanes[0] = a
    this.lanes[1] = b
    this.lanes[2] = c
    this.lanes[3] = d
  }

  toString(): string {
    return this.lanes.map((n) => ((n ^ (n >>> 15)) >>> 0).toString(16).padStart(8, '0')).join('')
  }
}

/** Takes a file piece by piece and sorts its lines out. Empty lines count, and are left out. */
export class Checker {
  private rest = ''
  private lines = 0
  private badCount = 0
  private readonly bad: BadLine[] = []
  private readonly seen = new Map<string, number>()
  private readonly print = new Print()

  constructor(private readonly limit = most) {}

  /** Returns false when the file has too many codes. */
  push(piece: string): boolean {
    const parts = (this.rest + piece).split('\n')
    this.rest = parts.pop() ?? ''
    for (const part of parts) this.line(part)
    return this.seen.size <= this.limit
  }

  end(): Checked {
    if (this.rest !== '') this.line(this.rest)
    this.rest = ''
    return { lines: this.lines, codes: [...this.seen.keys()], bad: this.bad, badCount: this.badCount, print: this.print.toString() }
  }

  private line(raw: string): void {
    this.lines++
    let text = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (this.lines === 1 && text.startsWith('\uFEFF')) text = text.slice(1)
    if (text.trim() === '') return
    const first = this.seen.get(text)
    if (!form.test(text)) this.note(text, 'FORM')
    else if (text.length > 32) this.note(text, 'LONG')
    else if (first !== undefined) this.note(text, 'AGAIN', first)
    else {
      this.seen.set(text, this.lines)
      this.print.add(text)
    }
  }

  private note(text: string, wrong: Wrong, first?: number): void {
    this.badCount++
    if (this.bad.length < mostListed) this.bad.push({ line: this.lines, text: text.slice(0, shown), wrong, ...(first && { first }) })
  }
}

/** Reads a file; nothing when it has too many codes. The page stays alive meanwhile. */
export async function check(file: Blob, limit = most): Promise<Checked | undefined> {
  const checker = new Checker(limit)
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (!checker.push(value)) {
      void reader.cancel()
      return undefined
    }
  }
  const checked = checker.end()
  return checked.codes.length > limit ? undefined : checked
}

/** The number of a call: the same codes for the same stock have the same numbers, so that nothing
 * is uploaded twice, however often it is tried. */
export function numberOf(stock: string, print: string, call: number): string {
  return `codes-${stock}-${print}-${call}`
}

/** The wrong lines as CSV with a byte order mark, for spreadsheets. */
export function badCSV(bad: { line: number | string; text: string; why: string }[], heads: [string, string, string]): string {
  const cell = (v: string | number) => `"${String(v).replaceAll('"', '""').replace(/^([=+\-@\t\r])/, "'$1")}"`
  return `\uFEFF${[heads, ...bad.map((b) => [b.line, b.text, b.why])].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
