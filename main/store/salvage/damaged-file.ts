/** A file that SQLite cannot open: moved aside whole, and opened as far as it can be read. */
import { open, rename, stat, writeFile } from 'node:fs/promises'
import { Database } from '../database'
import { StoreError } from '../store-error'
import { APPLICATION_ID, MIGRATIONS } from '../migrations'

/** Of Weir files: the default of SQLite at first, then that of prepare-file.ts. */
const [PAGE_SIZE, LARGE_PAGE_SIZE] = [2048, 4096]
const HEADER_SIZE = 100

/** Whether nothing is to be expected from opening it again. */
export const isUnopenable = (error: unknown): boolean =>
  error instanceof StoreError && (error.code === 'SQLITE_NOTADB' || error.code === 'SQLITE_CORRUPT')

/** A file that was emptied is a new one to SQLite. */
export const isEmptied = (file: string): Promise<boolean> =>
  stat(file).then(
    ({ size }) => size === 0,
    () => false,
  )

/** With its write-ahead log: nothing of it is thrown away. @returns where it is now */
export async function moveAside(file: string): Promise<string> {
  const target = `${file}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`
  await moveFiles(file, target)
  return target
}

/** With its write-ahead log: commits may be in it alone. */
export async function moveFiles(from: string, to: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm'])
    await rename(from + suffix, to + suffix).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
}

/** For reading only. @returns null where nothing can be read @throws StoreError FOREIGN, NEWER */
export async function openDamaged(file: string): Promise<Database | null> {
  const db = (await tryOpen(file)) ?? ((await repairHeader(file)) ? await tryOpen(file) : null)
  if (db === null) return null
  try {
    await refuseOthers(db)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

async function tryOpen(file: string): Promise<Database | null> {
  const db = await Database.open(file, 'read')
  try {
    // Else a file that is shorter than its header says is refused: lockBtree() in SQLite's btree.c.
    await db.all('PRAGMA writable_schema = ON')
    await db.all('SELECT 1 FROM sqlite_schema')
    return db
  } catch (error) {
    await db.close().catch(() => undefined)
    if (isUnopenable(error)) return null
    throw error
  }
}

async function refuseOthers(db: Database): Promise<void> {
  const number = async (name: string): Promise<number> => Number((await db.one(`PRAGMA ${name}`))?.[name])
  if ((await number('application_id')) !== APPLICATION_ID)
    throw new StoreError('FOREIGN', `${db.file} is not a file of Weir`)
  if ((await number('user_version')) > MIGRATIONS.length)
    throw new StoreError('NEWER', `${db.file} was written by a newer Weir`, 'Update Weir.')
}

/**
 * The first 100 bytes are the same for every Weir file but for some counters, so one wrong bit in them must not make all
 * the rest unreadable. What was there is kept in FILE.header. Their layout: https://www.sqlite.org/fileformat2.html
 * @returns whether the file has another header now
 */
async function repairHeader(file: string): Promise<boolean> {
  const handle = await open(file, 'r+')
  try {
    const page = Buffer.alloc(PAGE_SIZE)
    const { bytesRead } = await handle.read(page, 0, PAGE_SIZE, 0)
    if (bytesRead < PAGE_SIZE || !isOfWeir(page)) return false
    const sound = soundHeader(page, (await handle.stat()).size)
    if (sound.equals(page.subarray(0, HEADER_SIZE))) return false
    await writeFile(`${file}.header`, page.subarray(0, HEADER_SIZE))
    await handle.write(sound, 0, HEADER_SIZE, 0)
    return true
  } finally {
    await handle.close()
  }
}

/** A page of the schema's tree behind what is left of a header. */
function isOfWeir(page: Buffer): boolean {
  const kind = page[HEADER_SIZE]
  const known = page.toString('latin1', 0, 6) === 'SQLite' || page.readUInt32BE(68) === APPLICATION_ID
  return (kind === 5 || kind === 13) && known
}

function soundHeader(page: Buffer, size: number): Buffer {
  const header = Buffer.from(page.subarray(0, HEADER_SIZE))
  const pageSize = pageSizeOf(page)
  header.write('SQLite format 3\0', 0, 'latin1')
  header.writeUInt16BE(pageSize, 16)
  header.set([2, 2, 0, 64, 32, 32], 18)
  header.writeUInt32BE(Math.floor(size / pageSize), 28)
  header.writeUInt32BE(4, 44)
  header.writeUInt32BE(1, 56)
  header.writeUInt32BE(APPLICATION_ID, 68)
  header.fill(0, 72, 92)
  header.copy(header, 92, 24, 28)
  return header
}

/** The content of a page is filled in from its end, so the last of the first page's cells says how long a page is. */
function pageSizeOf(page: Buffer): number {
  const pointers = HEADER_SIZE + (page[HEADER_SIZE] === 13 ? 8 : 12)
  const cells = Math.min(page.readUInt16BE(HEADER_SIZE + 3), (PAGE_SIZE - pointers) / 2)
  let last = 0
  for (let i = 0; i < cells; i++) last = Math.max(last, page.readUInt16BE(pointers + i * 2))
  return last < PAGE_SIZE ? PAGE_SIZE : LARGE_PAGE_SIZE
}
