/** A file that appears under its name when it is whole, or not at all. */
import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

export type Write = (chunk: string | Uint8Array) => Promise<void>

/**
 * @param fill writes the content; @returns what it returned; null: it was given up, and nothing stays behind.
 * @throws Error of the file system or of `fill`; nothing stays behind then either.
 */
export async function writeWhole<T>(path: string, fill: (write: Write) => Promise<T | null>): Promise<T | null> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.part`
  const file = await open(partial, 'wx')
  try {
    let value: T | null
    try {
      value = await fill((chunk) => file.writeFile(chunk))
      if (value !== null) await file.sync()
    } finally {
      await file.close()
    }
    if (value !== null) await rename(partial, path)
    return value
  } finally {
    await rm(partial, { force: true })
  }
}
