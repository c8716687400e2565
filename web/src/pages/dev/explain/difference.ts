/** A part of a message: text, the byte that is wrong, or a sign for what cannot be seen. */
export interface Piece {
  kind: 'text' | 'wrong' | 'sign'
  text: string
}

const signs: Record<string, string> = { '\n': '⏎', '\r': '␍', '\t': '⇥', ' ': '·', '\u00a0': '⍽', '\ufeff': '␣' }

/**
 * Cuts a message into pieces: line ends are shown, and the character in which byte `wrong` is, from
 * 1, is marked. Beyond the end, the end is.
 */
export function marked(message: string, wrong?: number): Piece[] {
  const pieces: Piece[] = []
  const push = (kind: Piece['kind'], text: string) => {
    const last = pieces.at(-1)
    if (last && last.kind === kind && kind === 'text') last.text += text
    else pieces.push({ kind, text })
  }
  const encoder = new TextEncoder()
  let byte = 1
  for (const character of message) {
    const size = encoder.encode(character).length
    const isWrong = wrong !== undefined && wrong >= byte && wrong < byte + size
    if (isWrong) push('wrong', signs[character] ?? character)
    else if (character === '\n' || character === '\r') push('sign', signs[character]!)
    if (character === '\n') push('text', '\n')
    else if (!isWrong && character !== '\r') push('text', character)
    byte += size
  }
  if (wrong !== undefined && wrong >= byte) push('wrong', '∎')
  return pieces
}

/** Bytes of a text in base64, as the server wants them. */
export function base64(text: string): string {
  let binary = ''
  for (const b of new TextEncoder().encode(text)) binary += String.fromCharCode(b)
  return btoa(binary)
}
