/** What the Data screen shows of the file. */
import type { StorageReport } from '../../shared/ipc/engine'
import type { Runtime } from '../pipeline/runtime'

export async function storageReport({ store, freeBytes }: Runtime): Promise<StorageReport> {
  const { series, journalSamples, journalBytes, usedBytes, unusedBytes } = await store.sizes()
  return {
    series: series.map(({ series: id, samples, summedUp, rawBytes, rollupBytes, from, to }) => ({
      id,
      samples,
      summedUp,
      bytes: rawBytes + rollupBytes,
      from,
      to,
    })),
    recentSamples: journalSamples,
    logBytes: journalBytes,
    usedBytes,
    unusedBytes,
    freeBytes: Number.isFinite(freeBytes) ? freeBytes : null,
  }
}
