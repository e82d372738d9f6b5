/**
 * What is to be read of a file that may have been rotated since its position was kept: by renaming and creating anew,
 * or by copying and cutting. The rest of the old file stands under another name in the same folder.
 */
import { open, readdir } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { continues, fileId, sameId } from './file-position'
import type { FilePosition } from './file-position'
import { BEGINNING } from './file-reader'
import type { FilePlace } from './file-reader'

export interface Segment {
  readonly path: string
  readonly at: FilePlace
}

/** From this offset on the bytes alone tell that a file with another id is the same one, such as a restored copy. */
const CONTENT_TELLS = 4096
const COMPRESSED = /\.(gz|bz2|xz|zst|zip|lz4)$/i

interface Sibling {
  readonly path: string
  readonly mtime: bigint
  readonly birth: bigint
  readonly same: boolean
  readonly fits: boolean
}

/** Where to go on in the file at the path, after what is left in rotated ones, oldest first. */
export async function segmentsFrom(path: string, position: FilePosition | undefined): Promise<Segment[]> {
  const anew: Segment = { path, at: BEGINNING }
  if (position === undefined) return [anew]
  const current = await look(path, position)
  if (current?.fits === true && (current.same || position.ino === '0')) return [{ path, at: position }]
  const siblings = await rotated(path, position)
  const moved = siblings.find((each) => each.fits && each.same)
  if (moved === undefined && current?.fits === true && position.offset >= CONTENT_TELLS) return [{ path, at: position }]
  const rest = moved ?? siblings.find((each) => each.fits && position.offset > 0)
  if (rest === undefined) return [anew]
  const later = siblings.filter((each) => each !== rest && byAge(each, rest) > 0).map((each) => each.path)
  return [{ path: rest.path, at: position }, ...later.map((each) => ({ path: each, at: BEGINNING })), anew]
}

/** Files whose names begin as this one's, by their last change; none older than what was read. */
async function rotated(path: string, position: FilePosition): Promise<Sibling[]> {
  const folder = dirname(path)
  const name = basename(path)
  const stem = name.replace(/\.[^.]*$/, '') || name
  const found: Sibling[] = []
  for (const entry of await readdir(folder).catch(() => [])) {
    const separator = entry.slice(stem.length, stem.length + 1)
    if (entry === name || !entry.startsWith(stem) || !'.-_'.includes(separator) || COMPRESSED.test(entry)) continue
    const sibling = await look(join(folder, entry), position)
    if (sibling !== null && sibling.mtime >= BigInt(position.mtime)) found.push(sibling)
  }
  return found.sort(byAge)
}

/** By the last change; the clock of a file system ticks every few milliseconds. */
const byAge = (a: Sibling, b: Sibling): number => Number(a.mtime - b.mtime || a.birth - b.birth)

/** Null where there is no such file, or none that may be read. */
async function look(path: string, position: FilePosition): Promise<Sibling | null> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) return null
    const same = sameId(fileId(stats), position)
    return { path, mtime: stats.mtimeNs, birth: stats.birthtimeNs, same, fits: await continues(handle, position) }
  } catch {
    return null
  } finally {
    await handle?.close()
  }
}
