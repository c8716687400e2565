/** Keeps a file in the browser until all of it is uploaded, so that a reload loses nothing.
 * Where the browser keeps no files, the person chooses the file again: the rest is the same. */

const table = 'files'

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('favord.imports', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(table)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error('no database'))
  })
}

async function within<T>(mode: IDBTransactionMode, act: (files: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  try {
    const db = await database()
    return await new Promise((resolve, reject) => {
      const request = act(db.transaction(table, mode).objectStore(table))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error ?? new Error('no answer'))
    }).finally(() => db.close()) as T
  } catch {
    return undefined
  }
}

export const keepFile = (stock: string, file: Blob) => within('readwrite', (files) => files.put(file, stock))
export const keptFile = (stock: string) => within<Blob | undefined>('readonly', (files) => files.get(stock))
export const dropFile = (stock: string) => within('readwrite', (files) => files.delete(stock))
