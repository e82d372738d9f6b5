/** Backup and restore on the Data screen, with real files; only the system's dialogs are answered for the user. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SqliteStore } from '../../main/store/sqlite-store'
import { workspace } from '../../shared/config/workspace'
import { SampleBuffer } from '../../shared/model/samples'
import { freshFolder, SOON_MS, START_MS, WeirApp } from './app'

describe('the database', () => {
  const folder = freshFolder()
  const copy = join(folder.path, 'copy.db')
  let app: WeirApp
  beforeAll(async () => {
    const samples = new SampleBuffer()
    for (let i = 0; i < 2000; i++) samples.push(1, 1_760_000_000_000 + i * 1000, Math.sin(i), 0)
    const { store } = await SqliteStore.open(join(folder.path, 'weir.db'))
    await store.commit({
      series: [{ id: 1, source: 'plant', name: 'pump', labels: {} }],
      block: { samples, runs: [{ source: 'plant', partition: '', length: samples.length }], marks: [] },
      results: [],
      rejected: [],
      cursors: [],
    })
    await store.compact()
    await store.close()
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
    expect(app.problems).toEqual([])
  })
})
