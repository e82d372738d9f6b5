/** Backup and restore on the Data screen, with real files; only the system's dialogs are answered for the user. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from '../../main/store/database'
import { workspace } from '../../shared/config/workspace'
import { freshFolder, SOON_MS, START_MS, WeirApp } from './app'
import { storeReadings } from './stored'

const mayMount = process.platform === 'linux' && process.getuid?.() === 0
if (!mayMount) console.warn('backup.test.ts: the full disk is skipped; only root on Linux may mount a small one')

/** So large that copying it takes long enough to be cancelled. */
async function fill(file: string): Promise<void> {
  const db = await Database.open(file, 'write')
  await db.exec('CREATE TABLE filler (body BLOB)')
  for (let i = 0; i < 6; i++) await db.exec('INSERT INTO filler VALUES (zeroblob(60000000))')
  await db.close()
}

describe('the database', () => {
  const folder = freshFolder()
  const copy = join(folder.path, 'copy.db')
  let app: WeirApp
  beforeAll(async () => {
    await storeReadings(join(folder.path, 'weir.db'), ['pump'], 2000)
    const connection = { kind: 'mqtt', url: 'mqtt://127.0.0.1:9', subscriptions: [{ filter: 'x' }] }
    const file = workspace.parse({ version: 1, sources: [{ id: 'plant', name: 'Plant', enabled: false, connection }] })
    writeFileSync(join(folder.path, 'workspace.json'), JSON.stringify(file))
    app = await WeirApp.launch({ userData: folder.path })
    await app.part('nav-data').click()
    await app.part('data-row').waitFor({ timeout: SOON_MS })
  })
  afterAll(async () => {
    await app.close('backup')
    folder.remove()
  })

  async function answer(path: string | null): Promise<void> {
    await app.electron.evaluate(({ dialog }, chosen) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: chosen === null, filePath: chosen ?? '' })
      dialog.showOpenDialog = () =>
        Promise.resolve({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] })
    }, path)
  }

  const left = (): string[] => readdirSync(folder.path).filter((name) => /\.(part|restoring)/.test(name))

  it('is copied while it is in use, and never over a file', async () => {
    await answer(copy)
    await app.part('data-backup').click()
    await app.part('file-job-done').waitFor({ timeout: START_MS })
    expect(existsSync(copy)).toBe(true)
    await app.picture('data-backup')
    await app.part('data-backup').click()
    await app.part('file-job-failed').waitFor({ timeout: START_MS })
    expect(await app.part('file-job-failed').innerText()).toContain('is there already')
    await app.picture('data-backup-failed')
  })

  it('gets back what was erased, with the file of before beside it', async () => {
    await app.part('data-erase').click()
    await app.part('confirm-action').click()
    await app.part('data-row').waitFor({ state: 'detached', timeout: SOON_MS })
    await answer(copy)
    await app.part('data-restore').click()
    await app.picture('data-restore-question')
    await app.part('confirm-action').click()
    await app.part('file-job-done').waitFor({ timeout: START_MS })
    await app.part('data-row').waitFor({ timeout: START_MS })
    expect(readdirSync(folder.path).some((name) => name.startsWith('weir.db.before-restore-'))).toBe(true)
  })

  it('stays as it is where the backup is damaged', async () => {
    const broken = join(folder.path, 'broken.db')
    writeFileSync(broken, 'no database')
    await answer(broken)
    await app.part('data-restore').click()
    await app.part('confirm-action').click()
    await app.part('file-job-failed').waitFor({ timeout: START_MS })
    expect(await app.part('file-job-failed').innerText()).toContain('broken.db')
    await app.part('data-row').waitFor({ timeout: START_MS })
  })

  it('leaves nothing of a backup or a restore that is cancelled', async () => {
    const large = join(folder.path, 'large.db')
    copyFileSync(copy, large)
    await fill(large)
    await answer(large)
    await app.part('data-restore').click()
    await app.part('confirm-action').click()
    await app.part('file-job-cancel').click({ timeout: START_MS })
    await app.part('file-job-cancelled').waitFor({ timeout: START_MS })
    await app.part('data-row').waitFor({ timeout: START_MS })
    expect(left()).toEqual([])

    await app.part('data-restore').click()
    await app.part('confirm-action').click()
    await app.part('file-job-done').waitFor({ timeout: START_MS })
    await app.part('data-row').waitFor({ timeout: START_MS })
    const second = join(folder.path, 'second.db')
    await answer(second)
    await app.part('data-backup').click()
    await app.part('file-job-cancel').click({ timeout: START_MS })
    await app.part('file-job-cancelled').waitFor({ timeout: START_MS })
    expect(existsSync(second)).toBe(false)
    expect(left()).toEqual([])
  }, 120_000)

  it.runIf(mayMount)('says that the disk of a backup is full, and leaves nothing there', async () => {
    const disk = join(folder.path, 'disk')
    mkdirSync(disk)
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status).toBe(0)
    try {
      await answer(join(disk, 'copy.db'))
      await app.part('data-backup').click()
      await app.part('file-job-failed').waitFor({ timeout: START_MS })
      expect(await app.part('file-job-failed').innerText()).toContain('is full')
      await app.picture('data-backup-full')
      expect(readdirSync(disk)).toEqual([])
    } finally {
      spawnSync('umount', [disk])
    }
    expect(app.problems).toEqual([])
  })
})
