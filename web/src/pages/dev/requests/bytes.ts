/** A text as bytes, and bytes as what a person reads. */

const encoder = new TextEncoder()

export function bytesOf(text: string | undefined, base64: string | undefined): Uint8Array {
  if (base64) return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  return encoder.encode(text ?? '')
}

/** 34 → 22 */
export function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/** What a byte is as a letter; a dot where it is none. */
export function letter(byte: number): string {
  return byte >= 0x21 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? '␠' : byte === 0x0a ? '↵' : '·'
}

/** A typed byte: one letter, or two hexadecimal digits. Undefined when it is neither. */
export function byteOf(typed: string): number | undefined {
  if (/^[0-9a-f]{2}$/i.test(typed)) return parseInt(typed, 16)
  const one = encoder.encode(typed)
  return one.length === 1 ? one[0] : undefined
}

/** The signature in an Authorization header, as bytes; undefined when there is none. */
export function signatureOf(headers: { name: string; value: string }[]): Uint8Array | undefined {
  const authorization = headers.find((h) => h.name.toLowerCase() === 'authorization')?.value
  const found = authorization && /signature="([^"]*)"/.exec(authorization)
  if (!found) return undefined
  try {
    return bytesOf(undefined, found[1])
  } catch {
    return undefined
  }
}

/** Two texts by lines: what only one of them has is marked. */
export function marked(mine: string, other: string): { line: string; differs: boolean }[] {
  const known = new Map<string, number>()
  for (const line of other.split('\n')) known.set(line, (known.get(line) ?? 0) + 1)
  return mine.split('\n').map((line) => {
    const left = known.get(line) ?? 0
    known.set(line, left - 1)
    return { line, differs: left <= 0 }
  })
}
