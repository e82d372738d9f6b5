/** Where imported readings go: into the commits of a running engine, or into a file that no engine uses. */
import { stat } from 'node:fs/promises'
import { importRun, Rejected } from '../contracts'
import type { JournalRun } from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId, SeriesKey } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import { SqliteStore } from '../store/sqlite-store'
import { openForReading } from '../store/stored-file'
import type { Committer } from './committer'
import type { StoredSamples } from './series-columns'
import { SeriesRegistry } from './series-registry'

export interface ImportTarget {
  readonly stored: StoredSamples
  /** The series of that key, made at first sight; a known one keeps its unit. @throws Rejected beyond the limit */
  series(key: SeriesKey, unit: string | undefined): SeriesId
  /** Durable when it resolves. */
  commit(samples: SampleBatch): Promise<void>
}

/** Through the engine's one writer, between the units of its sources. No pipeline runs over these readings. */
export function liveImport(
  stored: StoredSamples,
  registry: SeriesRegistry,
  committer: Committer,
  memoryOnly: (source: string) => boolean,
  noteNewest: (source: string, time: EpochMs) => void,
): ImportTarget {
  return {
    stored,
    series: (key, unit) => {
      if (memoryOnly(key.source)) throw new Rejected(`readings of ${key.source} are kept only in memory`)
      return resolve(registry, key, unit)
    },
    async commit(samples) {
      let at = 0
      for (const { source, length } of runsOf(samples, registry)) {
        const { pending } = committer
        const first = pending.samples.length
        pending.samples.append(samples, at, (at += length))
        pending.addRun(importRun(source), '', first)
        noteNewest(
          source,
          samples.time.subarray(at - length, at).reduce((a, b) => Math.max(a, b)),
        )
      }
      void committer.added(0)
      await committer.flush()
    },
  }
}

/**
 * The file is made where there is none, and locked until the close.
 * @throws StoreError LOCKED naming the engine that uses it, FOREIGN, NEWER, or what SQLite says
 */
export async function fileImport(file: string): Promise<ImportTarget & { close(): Promise<void> }> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  // Opened for writing a file that is no database would be moved aside.
  if (exists) await (await openForReading(file)).close()
  const { store } = await SqliteStore.open(file)
  const registry = new SeriesRegistry()
  registry.load((await store.resume()).series)
  return {
    stored: store,
    series: (key, unit) => resolve(registry, key, unit),
    async commit(samples) {
      const runs = runsOf(samples, registry).map((run) => ({ ...run, source: importRun(run.source) }))
      const block = { samples, runs, marks: [] }
      await store.commit({ series: registry.takeCreated(), block, results: [], rejected: [], cursors: [] })
    },
    async close() {
      try {
        await store.compact()
      } finally {
        await store.close()
      }
    },
  }
}

function resolve(registry: SeriesRegistry, key: SeriesKey, unit: string | undefined): SeriesId {
  const known = registry.find(key)
  return known ?? registry.resolve(key.source, { ...key, id: undefined, ...(unit === undefined ? {} : { unit }) })
}

/** Neighbouring samples of one source. */
function runsOf(samples: SampleBatch, registry: SeriesRegistry): JournalRun[] {
  const runs: JournalRun[] = []
  let length = 0
  for (let i = 0; i < samples.length; i++) {
    const source = sourceAt(samples, i, registry)
    length += 1
    if (i + 1 < samples.length && sourceAt(samples, i + 1, registry) === source) continue
    runs.push({ source, partition: '', length })
    length = 0
  }
  return runs
}

const sourceAt = (samples: SampleBatch, i: number, registry: SeriesRegistry): string =>
  registry.info(samples.series[i] as number)?.source ?? ''
