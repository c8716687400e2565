/** How many codes a file may have, and how large it may be. The server says so, too. */
export const most = 1_000_000
export const mostBytes = 64 * 2 ** 20
/** How much of a file goes up at a time. */
export const partBytes = 256 * 2 ** 10
/** How many wrong lines are listed; all are counted. */
export const mostListed = 10_000

/** Four 32-bit lanes over what is fed to them: the same bytes in the same order have the same print. */
class Print {
  private readonly lanes = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as [number, number, number, number]

  add(bytes: Uint8Array): void {
    let [a, b, c, d] = this.lanes
    for (const x of bytes) {
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

/** Tells files apart: by it an upload goes on with the file with which it began. Digests of the browser
 * need https, which a sandbox in a network does without. */
export async function printOf(file: Blob): Promise<string> {
  const print = new Print()
  const reader = file.stream().getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return print.toString()
    print.add(value)
  }
}

/** A part of a file as base64. */
export function base64(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'))
    reader.readAsDataURL(part)
  })
}

/** The wrong lines as CSV with a byte order mark, for spreadsheets. */
export function badCSV(bad: { line: number | string; text: string; why: string }[], heads: [string, string, string]): string {
  const cell = (v: string | number) => `"${String(v).replaceAll('"', '""').replace(/^([=+\-@\t\r])/, "'$1")}"`
  return `\uFEFF${[heads, ...bad.map((b) => [b.line, b.text, b.why])].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
