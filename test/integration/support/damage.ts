/** Faults in real files. */
import { open, readFile, truncate } from 'node:fs/promises'
import { rows } from './stored'

/** Of a file that nobody has open: one bit of these bytes, wherever they stand in it. @throws Error where they do not */
export async function flip(file: string, bytes: Uint8Array, at = Math.floor(bytes.length / 2)): Promise<void> {
  const place = (await readFile(file)).indexOf(bytes)
  if (place < 0) throw new Error(`the bytes are not in ${file}`)
  await overwrite(file, place + at, Uint8Array.of((bytes[at] as number) ^ 0x10))
}

export async function overwrite(file: string, at: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.length, at)
  await handle.close()
}

/** One bit of a stored body, such as `SELECT body FROM chunk WHERE id = 1`; it must be small enough for one page. */
export async function flipBody(file: string, sql: string): Promise<void> {
  const body = (await rows(file, sql))[0]?.['body']
  if (!Buffer.isBuffer(body)) throw new Error(`${sql} finds no body`)
  await flip(file, body)
}

/** Pages of a tree are overwritten with noise. `which` of its pages counts from 0, in the order of the tree. */
export async function ruinPage(file: string, tree: string, which: number): Promise<void> {
  const pages = await rows(file, `SELECT pageno FROM dbstat WHERE name = '${tree}' AND pagetype = 'leaf' ORDER BY path`)
  const page = pages[which]?.['pageno']
  if (typeof page !== 'number') throw new Error(`${tree} has no leaf ${which} of ${pages.length}`)
  const size = await pageSize(file)
  await overwrite(file, (page - 1) * size, Buffer.alloc(size, 0xa5))
}

export const pageSize = async (file: string): Promise<number> =>
  Number((await rows(file, 'PRAGMA page_size'))[0]?.['page_size'])

export const tear = (file: string, bytes: number): Promise<void> => truncate(file, bytes)
