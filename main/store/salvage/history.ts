/** The history of a damaged file, copied in small transactions between the commits; goes on where it was left. */
import type { Database, Row } from '../database'
import { SUMMED_UP } from '../chunk-rows'
import { openDamaged } from './damaged-file'
import { byKey, fromBothEnds, insertRows, orNothing, sharedColumns } from './rows'
import { count, saveProgress } from './state'
import type { SalvageProgress } from './state'

export interface SalvageContext {
  readonly writing: Database
  /** The queue of the writing connection. */
  serially<T>(task: () => Promise<T>): Promise<T>
  stopped(): boolean
}

const RESULTS = { table: 'window_result', key: ['start_us', 'end_us', 'number'] }

/** Changes `done` as it goes. @throws StoreError such as of a full disk: the next start goes on */
export async function salvageHistory(context: SalvageContext, done: SalvageProgress): Promise<void> {
  const from = await openDamaged(done.from)
  if (from === null) return
  try {
    const series = new Set((await context.writing.all('SELECT id FROM series')).map(({ id }) => Number(id)))
    if (done.stage === 'chunks') await copyChunks(context, from, series, done)
    if (done.stage === 'results') await copyResults(context, from, series, done)
  } finally {
    await from.close()
  }
}

async function step(context: SalvageContext, done: SalvageProgress, task: () => Promise<void>): Promise<void> {
  await context.serially(() =>
    context.writing.transaction(async () => {
      await task()
      await saveProgress(context.writing, done)
    }),
  )
}

/** What does not fit its checksum comes too: it is a gap in the new file as well. */
async function copyChunks(
  context: SalvageContext,
  from: Database,
  series: ReadonlySet<number>,
  done: SalvageProgress,
): Promise<void> {
  const { writing } = context
  const columns = await sharedColumns(from, writing, 'chunk')
  const unreachable = (keys: number): void => void (done.unknown += keys)
  for await (const all of byKey(from, { table: 'chunk', key: 'id', columns }, done.chunk + 1, unreachable)) {
    if (context.stopped()) return
    const rows = all.filter((row) => series.has(Number(row['series'])) && isPlausible(row))
    done.unknown += all.length - rows.length
    const rollups = await rollupsOf(from, rows)
    await step(context, done, async () => {
      await insertRows(writing, 'chunk', columns, rows)
      await insertRows(writing, 'rollup', ['chunk', 'bucket_us', 'crc', 'body'], rollups)
      for (const row of rows) if (Number(row['tier']) < SUMMED_UP) count(row, done)
      done.chunk = Number(all.at(-1)?.['id'] ?? done.chunk)
    })
  }
  await step(context, done, () => Promise.resolve(void (done.stage = 'results')))
}

/** A row may be damaged without a word of SQLite. */
const isPlausible = (row: Row): boolean =>
  Number.isSafeInteger(row['time_min']) &&
  Number.isSafeInteger(row['time_max']) &&
  Number(row['time_min']) <= Number(row['time_max']) &&
  Buffer.isBuffer(row['body'])

async function rollupsOf(from: Database, chunks: readonly Row[]): Promise<Row[]> {
  const found: Row[] = []
  for (const { id } of chunks)
    found.push(...((await from.all('SELECT * FROM rollup WHERE chunk = ?', Number(id)).catch(orNothing)) ?? []))
  return found
}

/** Key by key, so that a damaged page takes no more than the keys in it. */
async function copyResults(
  context: SalvageContext,
  from: Database,
  series: ReadonlySet<number>,
  done: SalvageProgress,
): Promise<void> {
  const { writing } = context
  const columns = await sharedColumns(from, writing, RESULTS.table)
  for (const { id } of await writing.all('SELECT id FROM pipeline'))
    for (const key of series) {
      const parts = fromBothEnds(from, { ...RESULTS, columns }, 'pipeline = ? AND key = ?', Number(id), key)
      for (;;) {
        if (context.stopped()) return
        const next = await parts.next()
        if (next.done === true) {
          if (!next.value) done.unknown += 1
          break
        }
        await context.serially(() =>
          writing.transaction(() => insertRows(writing, RESULTS.table, columns, next.value as Row[])),
        )
        done.results += next.value.length
      }
    }
  await step(context, done, () => Promise.resolve(void (done.stage = 'done')))
}
