/** A database with readings of a source `plant`, made before the window opens. */
import { SqliteStore } from '../../main/store/sqlite-store'
import { SampleBuffer } from '../../shared/model/samples'

export const STORED_FROM = 1_760_000_000_000

/** Of each series so many readings, a second apart, in chunks. */
export async function storeReadings(file: string, names: readonly string[], count: number): Promise<void> {
  const samples = new SampleBuffer()
  names.forEach((_, index) => {
    for (let i = 0; i < count; i++)
      samples.push(index + 1, STORED_FROM + i * 1000, Math.sin((index + 1) * i), STORED_FROM)
  })
  const { store } = await SqliteStore.open(file)
  await store.commit({
    series: names.map((name, index) => ({ id: index + 1, source: 'plant', name, labels: {} })),
    block: { samples, runs: [{ source: 'plant', partition: '', length: samples.length }], marks: [] },
    results: [],
    rejected: [],
    cursors: [],
  })
  await store.compact()
  await store.close()
}
