/**
 * One pipeline at work: its readings go through select, filter, scale and expression, then through the join and the
 * figure along a series where it has them, then into the windows; results go on to the pipelines that read them. A plain pipeline's batches go to its
 * windows as they are.
 */
import type { ClockMark, WindowOperator, WindowOutput } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { Pipeline } from '../../shared/config/pipeline'
import type { WindowResult } from '../../shared/model/results'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { changesReadings, Readings } from '../transforms'
import type { WindowOptions } from '../windows'
import { DerivedInput } from './derived'
import type { DerivedTarget } from './derived'
import { createAlongOperator } from './along-operator'
import { createJoinOperator, joinInputs } from './join-operator'
import { OperatorChain } from './operator-chain'
import type { Derive } from './operator-chain'
import type { SeriesRegistry } from './series-registry'
import { createPipelineWindows } from './windowing'

/** Where a source's pipelines put what comes out of them. */
export interface PipelineSink {
  fire(result: WindowResult): void
  late(pipeline: string): void
  /** `at`: the sample of the source's batch that the mark comes before. */
  mark(mark: ClockMark, at: number | undefined): void
  /** What came belongs to [from, to] of a key: windows that end by this watermark are not what they should be. */
  missed?(pipeline: string, key: number, from: EpochMs, to: EpochMs, watermark: EpochMs): void
}

export interface NodeOptions {
  readonly registry: SeriesRegistry
  readonly mode: 'live' | 'replay'
  /** The pipeline whose results are the input. */
  readonly upstream: PipelineNode | null
  readonly definition: string
}

interface Reader {
  readonly input: DerivedInput
  readonly statistic: number
}

export class PipelineNode implements DerivedTarget {
  sink: PipelineSink = SILENT
  /** Readings (or results) that it took, after the filter. */
  taken = 0
  readonly id: string
  /** All that decides the state of its operators: state of another definition is of no use. */
  readonly definition: string
  readonly clock: 'series' | 'source'
  private readonly readings: Readings | null
  private readonly chain: OperatorChain
  /** Under which the state of each operator of the chain is stored. */
  private readonly names: readonly string[]
  private readonly registry: SeriesRegistry
  private readers: readonly Reader[] = []

  /** @throws PatternError, ExpressionError, or Error where a statistic is none */
  constructor(
    readonly config: Pipeline,
    { registry, mode, upstream, definition }: NodeOptions,
  ) {
    this.id = config.id
    this.registry = registry
    this.definition = definition
    // Keys that share one clock upstream have one downstream too.
    this.clock = upstream?.clock === 'source' ? 'source' : config.time.clock
    const pipeline = { ...config, time: { ...config.time, clock: this.clock } }
    this.readings = readingsOf(config, this.clock, upstream !== null, registry)
    const given = { mode: 'replay', movedBy: 'given' } as const
    const stages = stagesOf(pipeline, registry, upstream === null ? { mode } : given)
    const moved = stages.length > 0 || upstream !== null ? given : ({ mode } as const)
    const windows = createPipelineWindows(pipeline, registry, moved)
    this.chain = new OperatorChain(
      windows,
      stages.map(({ make }) => make),
      { clock: this.clock, derived: () => this.flushReaders() },
    )
    this.names = [...stages.map(({ name }) => name), this.id]
    this.tell()
  }

  get windows(): WindowOperator {
    return this.chain.windows
  }

  /** The pipelines that read its results, from now on. */
  feed(readers: readonly PipelineNode[]): void {
    const { allowedLateness } = this.config.time
    const options = { behind: durationMs(allowedLateness), seriesOf: (key: number) => this.registry.derivedOf(key) }
    this.readers = readers.map((reader) => ({
      input: new DerivedInput(reader, options),
      statistic: this.config.aggregates.indexOf(reader.config.upstream?.statistic ?? ''),
    }))
    this.tell()
  }

  // ---- input

  process(batch: SampleBatch, partition = '', monotonic: DurationMs = 0): void {
    const { readings } = this
    if (readings !== null) readings.apply(batch)
    this.taken += readings?.taken ?? batch.length
    this.chain.entry.process(readings?.samples ?? batch, partition, monotonic, this.chain.entryOutput)
    this.flushReaders()
  }

  tick(monotonic: DurationMs): void {
    this.chain.entry.tick(monotonic, this.chain.entryOutput)
  }

  setLive(live: boolean, monotonic: DurationMs, quietFrom?: DurationMs): void {
    this.chain.entry.setLive(live, monotonic, this.chain.entryOutput, quietFrom)
  }

  applyMark(mark: ClockMark): void {
    if (mark.watermark === Infinity) this.end()
    else this.chain.entry.applyMark(mark, this.chain.entryOutput)
  }

  advanceTo(member: SeriesId | string, watermark: EpochMs): void {
    if (typeof member === 'number' && this.readings?.takes(member) === false) return
    this.chain.entry.advanceTo(member, watermark, this.chain.entryOutput)
  }

  /** Moves all clocks on, as quiet closing would have. */
  raise(watermark: EpochMs): void {
    this.chain.entry.raise(watermark, this.chain.entryOutput)
  }

  end(): void {
    this.chain.entry.end(this.chain.entryOutput)
  }

  nextDue(member: SeriesId | null): EpochMs {
    return this.chain.nextDue(member)
  }

  // ---- state

  /** By the name under which it is stored. */
  snapshot(): { readonly name: string; readonly state: Uint8Array }[] {
    return this.chain.operators.map((operator, at) => ({ name: this.names[at] as string, state: operator.snapshot() }))
  }

  /** All or nothing. */
  restore(stateOf: (name: string) => Uint8Array | undefined): void {
    const states = this.names.map(stateOf)
    if (states.includes(undefined)) return
    this.chain.operators.forEach((operator, at) => operator.restore(states[at] as Uint8Array))
  }

  // ---- output

  private flushReaders(): void {
    for (const { input } of this.readers) input.flush()
  }

  private outputOfWindows(): WindowOutput {
    const output: WindowOutput = {
      fire: (result) => this.sink.fire(result),
      late: () => this.sink.late(this.id),
      unassigned: () => undefined,
      mark: (mark, at) => this.mark(mark, at),
    }
    // What reads results takes each window once: only readings can come too late.
    if (this.config.upstream === undefined)
      output.missed = (key, time, watermark) => this.sink.missed?.(this.id, key, time, time, watermark)
    const { readers } = this
    // Results and clocks are told only where somebody reads them: it costs a call per record.
    if (readers.length === 0) return output
    return {
      ...output,
      settled: (result) => {
        for (const { input, statistic } of readers) input.result(result, statistic)
      },
      clock: (key, watermark) => {
        for (const { input } of readers) input.advance(key, watermark)
      },
      due: (key) => readers.reduce((earliest, { input }) => Math.min(earliest, input.due(key)), Infinity),
    }
  }

  private tell(): void {
    this.chain.tell(this.outputOfWindows(), this.missedByJoin())
  }

  /** What came behind the clock of the join; a figure along a series is not computed again. */
  private missedByJoin(): WindowOutput['missed'] {
    const { combine, upstream, along } = this.config
    if (combine === undefined || upstream !== undefined || along !== undefined) return undefined
    return (key, time) => {
      const window = this.windows.keyOf(key)
      // What is joined with it comes up to the tolerance later, also into windows that are still open.
      if (window !== undefined)
        this.sink.missed?.(this.id, window, time, time + durationMs(combine.tolerance), Infinity)
    }
  }

  private mark(mark: ClockMark, at: number | undefined): void {
    this.sink.mark(mark, at === undefined || this.readings === null ? at : this.readings.origin(at))
  }
}

const SILENT: PipelineSink = { fire() {}, late() {}, mark() {} }

interface Stage {
  readonly name: string
  make(derive: Derive): WindowOperator
}

/** What comes before the windows. @param entry how the clock of the first one moves */
function stagesOf(pipeline: Pipeline, registry: SeriesRegistry, entry: WindowOptions): Stage[] {
  const { id, combine, along } = pipeline
  const stages: Stage[] = []
  if (combine !== undefined)
    stages.push({
      name: `${id}/join`,
      make: (derive) =>
        createJoinOperator({
          ...{ pipeline, combine, registry, options: entry },
          joined: (key, time, value) => derive.sample(key, time, value),
          joinedLate: () => derive.flush(),
        }),
    })
  if (along !== undefined)
    stages.push({
      name: `${id}/along`,
      make: (derive) =>
        createAlongOperator(
          pipeline,
          along,
          registry,
          combine === undefined ? entry : { mode: 'replay', movedBy: 'given' },
          derive,
        ),
    })
  return stages
}

function readingsOf(
  config: Pipeline,
  clock: 'series' | 'source',
  given: boolean,
  registry: SeriesRegistry,
): Readings | null {
  const { combine } = config
  if (!changesReadings(config) && combine === undefined) return null
  return new Readings(config, {
    series: (id) => registry.info(id),
    ...(combine === undefined ? {} : { also: joinInputs(combine) }),
    clockOf: given ? 'nothing' : clock === 'source' ? 'all' : 'filtered',
  })
}
