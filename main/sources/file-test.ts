/** "Test" of a file: its first lines. */
import { open } from 'node:fs/promises'
import type { RawRecord } from '../contracts'
import type { FileConnection } from '../../shared/config/sources/file'

const LOOKED_AT = 64 * 1024
const LINES = 20

/** @throws Error naming the file. */
export async function testFile(config: FileConnection): Promise<RawRecord[]> {
  const file = await open(config.path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT' ? `${config.path} is not there` : `cannot read ${config.path}: ${error.message}`,
    )
  })
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LOOKED_AT), position: 0 })
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split(/\r?\n/)
    // The last piece may be a line cut in two.
    if (bytesRead === LOOKED_AT) lines.pop()
    const arrival = Date.now()
    return lines
      .filter((line) => line !== '')
      .slice(0, LINES)
      .map((line) => ({ payload: Buffer.from(line), key: '', arrival }))
  } finally {
    await file.close()
  }
}
