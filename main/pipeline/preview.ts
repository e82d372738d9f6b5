/**
 * What a pipeline would have produced of the readings that are stored: its whole chain, in replay, over the newest
 * stretch of its source. Nothing of it is stored, and ingestion goes on between its steps.
 */
import { isRunOf } from '../contracts'
import type { JournalBlock, Store } from '../contracts'
import type { Pipeline } from '../../shared/config/pipeline'
import { rootSource } from '../../shared/config/workspace'
import type { PipelinePreview } from '../../shared/ipc/engine'
import type { WindowResult } from '../../shared/model/results'
import { SampleBuffer } from '../../shared/model/samples'
import { formatSeries } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { SeriesRegistry } from './series-registry'
import { createSourcePipelines } from './source-pipelines'

const MAX_SAMPLES = 2_000_000
/** Samples between two looks at the event loop: some milliseconds. */
const SLICE = 16_384
const DRAWN_SERIES = 5
const DRAWN_WINDOWS = 10_000

export interface PreviewContext {
  readonly past: Store['past']
  readonly registry: SeriesRegistry
  newestEvent(source: string): EpochMs | null
  /** A finite source that was read to its end: all its windows are closed. */
  isFinished(source: string): boolean
}

export interface PreviewRequest {
  readonly pipeline: Pipeline
  /** With the pipeline itself in it. */
  readonly pipelines: readonly Pipeline[]
  /** Up to the newest event time of the source. */
  readonly span: DurationMs
  readonly statistic: string
}

/** @throws Error where the chain does not lead to a source, or the statistic is none of the pipeline's */
export async function previewPipeline(
  { past, registry, newestEvent, isFinished }: PreviewContext,
  { pipeline, pipelines, span, statistic }: PreviewRequest,
): Promise<PipelinePreview> {
  const source = rootSource(pipeline, pipelines)
  if (source === undefined) throw new Error(`the input of ${pipeline.name} leads to no source`)
  const position = pipeline.aggregates.indexOf(statistic)
  if (position < 0) throw new Error(`${pipeline.name} does not compute ${statistic}`)
  // Derived series of a preview must not get into the file.
  const series = new SeriesRegistry()
  series.load(registry.all.filter((info) => info.source === source))
  const running = createSourcePipelines(source, chainOf(pipeline, pipelines), { registry: series, mode: 'replay' })
  const collected = new CollectedResults(pipeline.id, series, position)
  running.sink = collected

  const to = newestEvent(source) ?? Date.now()
  let from = to - span
  let complete = true
  let first = Infinity
  const ids = new Set(registry.all.filter((info) => info.source === source).map(({ id }) => id))
  for await (const block of past(source, { series: ids, from, to }, MAX_SAMPLES)) {
    complete = block.complete
    for (const { samples, partition } of slicesOf(block, source, from, to)) {
      for (let i = 0; i < samples.length; i++) first = Math.min(first, samples.time[i] as number)
      running.process(samples, partition, 0)
      await new Promise(setImmediate)
    }
  }
  if (isFinished(source)) running.end()
  else running.quietUntil(to)
  if (!complete && first < Infinity) from = first
  const samples = running.nodes.find(({ id }) => id === pipeline.id)?.taken ?? 0
  return { from, to, samples, ...collected.figures(), complete, series: collected.drawn(), statistic }
}

/** The pipeline and those that it reads, one through the other; also where they are switched off. */
function chainOf(pipeline: Pipeline, pipelines: readonly Pipeline[]): Pipeline[] {
  const chain: Pipeline[] = []
  for (let at: Pipeline | undefined = pipeline; at !== undefined;) {
    chain.push({ ...at, enabled: true })
    const feeder: string | undefined = at.upstream?.pipeline
    at = pipelines.find(({ id }) => id === feeder)
  }
  return chain
}

/** The samples of a source within the range, in their order. The buffer is used again. */
function* slicesOf(
  { samples, runs }: JournalBlock,
  source: string,
  from: EpochMs,
  to: EpochMs,
): Generator<{ samples: SampleBuffer; partition: string }> {
  const slice = new SampleBuffer(1024)
  let at = 0
  for (const run of runs) {
    const end = at + run.length
    for (; isRunOf(run, source) && at < end; at++) {
      const time = samples.time[at] as number
      if (time < from || time > to) continue
      slice.push(samples.series[at] as number, time, samples.value[at] as number, samples.arrival[at] as number)
      if (slice.length < SLICE) continue
      yield { samples: slice, partition: run.partition }
      slice.clear()
    }
    if (slice.length > 0) yield { samples: slice, partition: run.partition }
    slice.clear()
    at = end
  }
}

type Drawn = Map<string, readonly [EpochMs, EpochMs, number]>

/** Counts all results of one pipeline and keeps those of the first keys by name. */
class CollectedResults {
  private windows = 0
  private lateSamples = 0
  private readonly keys = new Map<number, string>()
  /** By the key's name. */
  private readonly kept = new Map<string, Drawn>()

  constructor(
    private readonly pipeline: string,
    private readonly registry: SeriesRegistry,
    private readonly position: number,
  ) {}

  fire(result: WindowResult): void {
    if (result.pipeline !== this.pipeline) return
    const { key, start, end, index, revision, replaces = [], values } = result
    if (revision === 0) this.windows += 1
    this.windows -= replaces.length
    const drawn = this.drawnOf(key)
    if (drawn === undefined) return
    for (const [from, to] of replaces) drawn.delete(`${from} ${to}`)
    drawn.set(index === undefined ? `${start} ${end}` : String(index), [start, end, values[this.position] as number])
  }

  late(pipeline: string): void {
    if (pipeline === this.pipeline) this.lateSamples += 1
  }

  mark(): void {}

  figures(): { windows: number; late: number; keys: number } {
    return { windows: this.windows, late: this.lateSamples, keys: this.keys.size }
  }

  drawn(): { key: string; windows: Float64Array }[] {
    return [...this.kept]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, windows]) => {
        const rows = [...windows.values()].sort(([a], [b]) => a - b).slice(-DRAWN_WINDOWS)
        return { key, windows: Float64Array.from(rows.flat()) }
      })
  }

  /** A key that is not among the first now never will be: others only come before it. */
  private drawnOf(key: number): Drawn | undefined {
    let name = this.keys.get(key)
    if (name === undefined) {
      const info = this.registry.info(key)
      name = info === undefined ? String(key) : formatSeries(info)
      this.keys.set(key, name)
      this.kept.set(name, new Map())
      if (this.kept.size > DRAWN_SERIES) this.kept.delete([...this.kept.keys()].sort()[DRAWN_SERIES] as string)
    }
    return this.kept.get(name)
  }
}
