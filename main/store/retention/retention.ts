/**
 * Removes what is too old or too much, step by step: each is one transaction that leaves a whole file, so the process
 * may end at any moment, and commits and reads go on between two of them.
 */
import type { AgeLimit, Damage, Removed, RetentionPlan, SizeLimit } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { toMicros } from '../../../shared/model/time'
import type { EpochMs } from '../../../shared/model/time'
import { LISTED, SUMMED_UP, chunksOf } from '../chunk-rows'
import type { ChunkRow } from '../chunk-rows'
import type { Database, SqlValue } from '../database'
import { usedBytes } from './sizes'
import { prepareSumming } from './summing'
import type { Summing } from './summing'

/** Of one transaction: chunks are some 20 KB each, results some 100 bytes. */
const CHUNKS_AT_ONCE = 8
const RESULTS_AT_ONCE = 2_000

export interface RetentionContext {
  readonly writing: Database
  readonly reading: Database
  /** The queue of the writing connection. */
  serially<T>(task: () => Promise<T>): Promise<T>
  onDamage(damage: Damage): void
  /** True when the store closes or something else must have the file: the step in work is the last. */
  stopped(): boolean
  pipelineId(name: string): number | undefined
}

export class Retention {
  private samples = 0
  private results = 0

  constructor(private readonly context: RetentionContext) {}

  async run(plan: RetentionPlan): Promise<Removed> {
    for (const limit of plan.ages) await this.byAge(limit)
    for (const { pipeline, before } of plan.results) await this.resultsBefore(pipeline, before)
    for (const limit of plan.sizes) await this.bySize(limit)
    return { samples: this.samples, results: this.results }
  }

  private async byAge({ series, raw, trends }: AgeLimit): Promise<void> {
    for (const id of series) {
      if (this.context.stopped()) return
      if (trends !== null) await this.removeBefore(id, trends)
      if (raw !== null) await this.sumUpBefore(id, raw)
      await new Promise(setImmediate)
    }
  }

  private async sumUpBefore(series: SeriesId, before: EpochMs): Promise<void> {
    const passed = new Set<number>()
    for (let more = true; more && !this.context.stopped();) {
      const chunks = await this.list(
        `series = ? AND tier < ${SUMMED_UP} AND time_min < ? ORDER BY time_min, id LIMIT ${CHUNKS_AT_ONCE + passed.size}`,
        series,
        toMicros(before),
      )
      const fresh = chunks.filter(({ id }) => !passed.has(id)).slice(0, CHUNKS_AT_ONCE)
      more = fresh.length === CHUNKS_AT_ONCE
      for (const id of await this.sumUp(fresh, before)) passed.add(id)
    }
  }

  /** @returns those that cannot be cut yet */
  private async sumUp(chunks: readonly ChunkRow[], before: EpochMs): Promise<number[]> {
    const { writing, reading, onDamage } = this.context
    const steps: Summing[] = []
    const left: number[] = []
    for (const chunk of chunks) {
      const step = await prepareSumming(reading, chunk, before, onDamage)
      if (step === null) left.push(chunk.id)
      else steps.push(step)
      await new Promise(setImmediate)
    }
    await this.step(async () => {
      for (const step of steps) await step.write(writing)
    })
    this.samples += steps.reduce((sum, { samples }) => sum + samples, 0)
    return left
  }

  private async removeBefore(series: SeriesId, before: EpochMs): Promise<void> {
    for (let more = true; more && !this.context.stopped();) {
      const chunks = await this.list(
        `series = ? AND time_min < ?2 AND time_max < ?2 ORDER BY time_min, id LIMIT ${CHUNKS_AT_ONCE}`,
        series,
        toMicros(before),
      )
      more = chunks.length === CHUNKS_AT_ONCE
      if (chunks.length === 0) return
      await this.step(async () => {
        for (const { id } of chunks) await this.context.writing.run('DELETE FROM chunk WHERE id = ?', id)
      })
      for (const { tier, samples } of chunks) if (tier < SUMMED_UP) this.samples += samples
    }
  }

  private async resultsBefore(pipeline: string, before: EpochMs): Promise<void> {
    const { writing, pipelineId, stopped } = this.context
    const id = pipelineId(pipeline)
    if (id === undefined) return
    let key = -1
    for (;;) {
      // From key to key by the primary key: the rows between are not read.
      const row = await this.context.reading.one(
        'SELECT min(key) AS key FROM window_result WHERE pipeline = ? AND key > ?',
        id,
        key,
      )
      if (typeof row?.['key'] !== 'number') return
      key = Number(row['key'])
      for (let changes = RESULTS_AT_ONCE; changes === RESULTS_AT_ONCE && !stopped();) {
        await this.step(async () => {
          const done = await writing.run(
            `DELETE FROM window_result WHERE (pipeline, key, start_us, end_us, number) IN
               (SELECT pipeline, key, start_us, end_us, number FROM window_result
                WHERE pipeline = ?1 AND key = ?2 AND start_us < ?3 AND end_us <= ?3 LIMIT ${RESULTS_AT_ONCE})`,
            id,
            key,
            toMicros(before),
          )
          changes = done.changes
        })
        this.results += changes
      }
      if (stopped()) return
    }
  }

  private async bySize({ series, bytes }: SizeLimit): Promise<void> {
    while (!this.context.stopped()) {
      const excess = (await this.bytesOf(series)) - bytes
      if (excess <= 0) return
      const oldest = await this.oldest(series)
      if (oldest.length === 0) return
      const chosen: ChunkRow[] = []
      for (let freed = 0; freed < excess && chosen.length < oldest.length;) {
        const next = oldest[chosen.length] as ChunkRow
        chosen.push(next)
        freed += next.bytes
      }
      await this.sumUp(chosen, Infinity)
    }
  }

  private async bytesOf(series: readonly SeriesId[] | null): Promise<number> {
    const { reading } = this.context
    if (series === null) return usedBytes(reading)
    const row = await reading.one(
      `SELECT coalesce(sum(bytes + rollup_bytes), 0) AS n FROM chunk
       WHERE series IN (SELECT value FROM json_each(?))`,
      JSON.stringify(series),
    )
    return Number(row?.['n'])
  }

  private oldest(series: readonly SeriesId[] | null): Promise<ChunkRow[]> {
    const order = `ORDER BY time_max, id LIMIT ${CHUNKS_AT_ONCE}`
    if (series === null) return this.list(`tier < ${SUMMED_UP} ${order}`)
    return this.list(
      `tier < ${SUMMED_UP} AND series IN (SELECT value FROM json_each(?)) ${order}`,
      JSON.stringify(series),
    )
  }

  private async list(condition: string, ...values: SqlValue[]): Promise<ChunkRow[]> {
    return chunksOf(await this.context.reading.all(`SELECT ${LISTED} FROM chunk WHERE ${condition}`, ...values))
  }

  /** One transaction. */
  private async step(task: () => Promise<void>): Promise<void> {
    const { writing, serially } = this.context
    await serially(() => writing.transaction(task))
  }
}
