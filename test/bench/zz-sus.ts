import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SqliteStore } from '../../main/store/sqlite-store'
import { LiveLoad } from './support/store-load'
import { synthetic } from './support/series-data'
void (async () => {
  const folder = mkdtempSync('/tmp/weir-sus-')
  const { store } = await SqliteStore.open(join(folder, 'a.db'))
  const values = synthetic(30 * 86_400).values
  const load = new LiveLoad(store, 1000, values, 1_700_000_000_000)
  await load.announce()
  const seconds = Number(process.argv[2] ?? 30)
  let started = performance.now()
  // fill the backlog first
  while (load.stored < 13_000_000) await load.step()
  const cpu0 = process.cpuUsage()
  console.log('filled', ((performance.now() - started) / 1000).toFixed(1), 's')
  started = performance.now(); const from = load.stored
  while (performance.now() - started < seconds * 1000) await load.step()
  const took = performance.now() - started
  const cpu = process.cpuUsage(cpu0)
  console.log(`${Math.round(((load.stored - from) / took) * 1000)} a second, cpu user ${(cpu.user / 1e3 / took).toFixed(2)} sys ${(cpu.system / 1e3 / took).toFixed(2)}`)
  const t = performance.now(); await store.compact()
  console.log('drain', ((performance.now() - t) / 1000).toFixed(1), 's')
  await store.close(); rmSync(folder, { recursive: true })
})()
