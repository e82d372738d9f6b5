/** Errors of the store: operation, file and hint. Apart from the connection, so that threads without one know them. */

export class StoreError extends Error {
  override readonly name = 'StoreError'
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message)
  }
}

/** What SQLite says where a page is not what it must be. */
export const isCorrupt = (error: unknown): error is StoreError =>
  error instanceof StoreError && error.code === 'SQLITE_CORRUPT'

const HINTS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'Make room on the disk; collecting goes on by itself.',
  SQLITE_BUSY: 'Another program holds the file; close it.',
  SQLITE_READONLY: 'Give this user the right to write the file and its folder.',
  SQLITE_CANTOPEN: 'Does the folder exist, and may this user write there?',
  SQLITE_NOTADB: 'The file is not a Weir database.',
  SQLITE_CORRUPT: 'The file is damaged.',
}

export function storeError(operation: string, file: string, error: Error): StoreError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'SQLITE_ERROR'
  return new StoreError(code, `cannot ${operation} ${file}: ${error.message}`, HINTS[code])
}
