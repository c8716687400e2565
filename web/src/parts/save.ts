/** Gives the person a text as a file. */
export function save(name: string, text: string, type = 'text/csv'): void {
  saveBlob(name, new Blob([text], { type }))
}

/** Gives the person a file. */
export function saveBlob(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
