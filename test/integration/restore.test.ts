/** `weir restore` and `weir erase` on real files, with everything that a backup can be instead of a backup. */
import { spawn } from 'node:child_process'
import { open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Database } from '../../main/store/database'
import { MIGRATIONS } from '../../main/store/migrations'
import { backup } from '../../main/store/backup'
import { closeStores, commitOf, newFile, openStore, read } from './support/stored'

afterEach(closeStores)

function weir(...args: string[]): Promise<{ readonly code: number; readonly err: string }> {
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), ...args])
  let err = ''
  child.stderr.on('data', (data: Buffer) => (err += String(data)))
  return new Promise((done) => child.once('exit', (code) => done({ code: code ?? -1, err })))
}

/** A file with one value, and a backup of it with another. */
async function prepared(): Promise<{ file: string; copy: string }> {
  const file = await newFile()
  const copy = join(dirname(file), 'copy.db')
  const store = await openStore(file)
  await store.commit(commitOf([[1, 1000, 1]]))
  await backup(file, copy)
  await store.commit(commitOf([[1, 2000, 2]]))
  await closeStores()
  return { file, copy }
}

async function change(file: string, sql: string): Promise<void> {
  const db = await Database.open(file, 'write')
  await db.exec(sql)
  await db.close()
}

const others = async (file: string): Promise<string[]> =>
  (await readdir(dirname(file))).filter((name) => !/^(copy\.db|weir\.db(-wal|-shm|\.lock)?)$/.test(name))

describe('weir restore', () => {
  it('puts the backup in the place of the file and keeps that beside', async () => {
    const { file, copy } = await prepared()
    const ended = await weir('restore', '--db', file, '--input', copy)
    expect(ended).toMatchObject({ code: 0 })
    const [kept] = await others(file)
    expect(kept).toMatch(/^weir\.db\.before-restore-/)
    expect(ended.err).toContain(kept)
    expect(await read(await openStore(file), 1)).toEqual([[1000, 1]])
    expect(await read(await openStore(join(dirname(file), basename(kept as string))), 1)).toHaveLength(2)
  })

  it('refuses a damaged, a newer, a foreign and a missing file, and leaves everything as it was', async () => {
    const { file, copy } = await prepared()
    const before = await readFile(file)
    const refused = async (input: string, reason: RegExp) => {
      const { code, err } = await weir('restore', '--db', file, '--input', input)
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(reason) as string })
      expect((await readFile(file)).equals(before)).toBe(true)
      expect((await others(file)).filter((name) => name.startsWith('weir.db'))).toEqual([])
    }
    await refused(join(dirname(file), 'none.db'), /is not there/)
    const text = join(dirname(file), 'text.db')
    await writeFile(text, 'not a database at all, but long enough to look like one'.repeat(100))
    await refused(text, /not a database|NOTADB/i)
    const foreign = join(dirname(file), 'foreign.db')
    await change(foreign, 'CREATE TABLE t (a)')
    await refused(foreign, /not a file of Weir/)
    await change(copy, `PRAGMA user_version = ${MIGRATIONS.length + 1}`)
    await refused(copy, /newer Weir/)
    await change(copy, `PRAGMA user_version = ${MIGRATIONS.length}`)
    const handle = await open(copy, 'r+')
    await handle.write(Buffer.alloc(4096, 7), 0, 4096, 4096 * 3)
    await handle.close()
    await refused(copy, /not sound|malformed/)
  })

  it('that ends between its renames is finished at the next start', async () => {
    const { file, copy } = await prepared()
    // The file of before with commits in its log alone, as a kill leaves it.
    const running = await openStore(file)
    await running.commit(commitOf([[1, 3000, 3]]))
    const log = await readFile(`${file}-wal`)
    expect(log.length).toBeGreaterThan(0)
    const whole = await readFile(file)
    await closeStores()
    const kept = `${file}.before-restore-2026-01-01T00-00-00-000Z`
    await writeFile(kept, whole)
    await writeFile(`${file}-wal`, log)
    await rm(file)
    await rename(copy, `${file}.restoring`)
    expect(await read(await openStore(file), 1)).toEqual([[1000, 1]])
    await closeStores()
    expect(await others(file)).toEqual([basename(kept), `${basename(kept)}-wal`])
    expect(await read(await openStore(kept), 1)).toHaveLength(3)
  })

  it('that ends while the backup is copied leaves the file as it was', async () => {
    const { file } = await prepared()
    await writeFile(`${file}.restoring`, 'half of a copy')
    expect(await read(await openStore(file), 1)).toHaveLength(2)
    expect(await others(file)).toEqual([])
  })

  it('refuses a file that an engine has open, naming it', async () => {
    const { file, copy } = await prepared()
    const store = await openStore(file)
    const { code, err } = await weir('restore', '--db', file, '--input', copy)
    expect(code).toBe(1)
    expect(err).toMatch(new RegExp(`in use by another Weir \\(process ${process.pid}`))
    expect(await read(store, 1)).toHaveLength(2)
  })
})

describe('weir erase', () => {
  it('removes a range of a series for good', async () => {
    const { file } = await prepared()
    expect(await weir('erase', '--db', file, '--series', 's1', '--to', '1970-01-01T00:00:01Z')).toMatchObject({
      code: 0,
    })
    expect(await read(await openStore(file), 1)).toEqual([[2000, 2]])
  })
})
