/**
 * Where to read on of a file that may have been rotated since its position was kept: by renaming and creating anew, or
 * by copying and cutting. The rest of the old file stands under another name in the same folder, and so do those that
 * came and went meanwhile.
 */
import { open, readdir, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { continues, fileId, sameId } from './file-position'
import type { FileId, FilePosition } from './file-position'
import { BEGINNING } from './file-reader'
import type { FilePlace } from './file-reader'

export interface Place {
  readonly handle: FileHandle
  readonly id: FileId
  readonly at: FilePlace
  /** It is the file at the path, and not a rotated one, of which there may be more. */
  readonly current: boolean
}

/** From this offset on the bytes alone tell that a file with another id is the same one, such as a restored copy. */
const CONTENT_TELLS = 4096
/** What rotation puts behind or into a name: app.log.1, app.log-20260131, app-2026-01-31T08.log, app.log.old. */
const ROTATED = /^[-._](\d[\dTZ:._-]*|old|bak|prev)$/i

interface Found {
  readonly handle: FileHandle
  readonly id: FileId
  readonly size: bigint
  readonly mtime: bigint
  readonly birth: bigint
  readonly same: boolean
  readonly fits: boolean
}

/**
 * The next file to be read after the position, opened, so that it stays that one whatever it is called by then.
 * @param since without a position: rotated files that were made later are read first, ns since the epoch
 * @throws Error where there is no file at the path
 */
export async function placeAfter(path: string, position: FilePosition | undefined, since?: bigint): Promise<Place> {
  for (;;) {
    const before = await census(path)
    const place = await choose(path, position, since)
    // Names may have moved on from file to file while they were gone through.
    if (place.at.offset > 0 || (await census(path)) === before) return place
    await place.handle.close()
  }
}

async function choose(path: string, position: FilePosition | undefined, since: bigint | undefined): Promise<Place> {
  const opened: Found[] = []
  const look = async (file: string): Promise<Found> => {
    const found = await openAs(file, position)
    opened.push(found)
    return found
  }
  let chosen: Found | undefined
  try {
    const current = await look(path)
    const take = (found: Found, at: FilePlace): Place => {
      chosen = found
      return { handle: found.handle, id: found.id, at, current: found === current }
    }
    if (position === undefined && since === undefined) return take(current, BEGINNING)
    if (position !== undefined && current.fits && (current.same || position.ino === '0')) return take(current, position)
    const others: Found[] = []
    for (const file of await rotatedFiles(path)) {
      const found = await look(file).catch(() => undefined)
      if (found !== undefined && found.mtime >= BigInt(position?.mtime ?? since ?? 0)) others.push(found)
    }
    others.sort(byAge)
    if (position === undefined)
      return take(others.find(({ size, birth }) => size > 0n && birth >= (since ?? 0n)) ?? current, BEGINNING)
    const moved = others.find((each) => each.fits && each.same)
    if (moved === undefined && current.fits && position.offset >= CONTENT_TELLS) return take(current, position)
    const rest = moved ?? others.find((each) => each.fits && position.offset > 0)
    if (rest === undefined) return take(current, BEGINNING)
    if (rest.size > BigInt(position.offset)) return take(rest, position)
    const next = others.find((each) => each !== rest && each.size > 0n && byAge(each, rest) > 0)
    return take(next ?? current, BEGINNING)
  } finally {
    for (const found of opened) if (found !== chosen) await found.handle.close()
  }
}

/** By the last change; the clock of a file system ticks every few milliseconds. */
const byAge = (a: Found, b: Found): number => Number(a.mtime - b.mtime || a.birth - b.birth)

async function rotatedFiles(path: string): Promise<string[]> {
  const folder = dirname(path)
  const name = basename(path)
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  const between = (entry: string): string | null => {
    if (entry.startsWith(name)) return entry.slice(name.length)
    if (extension === '' || !entry.startsWith(stem) || !entry.endsWith(extension)) return null
    return entry.slice(stem.length, entry.length - extension.length)
  }
  const entries = await readdir(folder)
  return entries
    .filter((entry) => entry !== name && ROTATED.test(between(entry) ?? ''))
    .map((entry) => join(folder, entry))
}

/** Which file stands under which name. */
async function census(path: string): Promise<string> {
  const files = [path, ...(await rotatedFiles(path)).sort()]
  const ids = await Promise.all(
    files.map(async (file) => {
      const stats = await stat(file, { bigint: true }).catch(() => null)
      return stats === null ? '' : `${stats.ino} ${stats.birthtimeNs} ${stats.size > 0n}`
    }),
  )
  return files.map((file, i) => `${file}\0${ids[i]}`).join('\0')
}

async function openAs(path: string, position: FilePosition | undefined): Promise<Found> {
  const handle = await open(path, 'r')
  try {
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) throw new Error(`${path} is not a file`)
    const id = fileId(stats)
    const same = position !== undefined && sameId(id, position)
    const fits = position !== undefined && (await continues(handle, position))
    return { handle, id, size: stats.size, mtime: stats.mtimeNs, birth: stats.birthtimeNs, same, fits }
  } catch (error) {
    await handle.close()
    throw error
  }
}
