/**
 * One pipeline at work: its readings go through select, filter, scale and expression, then through the join where it
 * has one, then into the windows; results go on to the pipelines that read them. A plain pipeline's batches go to its
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
import { DerivedInput } from './derived'
import type { DerivedTarget } from './derived'
import { createJoinOperator, joinInputs } from './join-operator'
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
  readonly windows: WindowOperator
  private readonly readings: Readings | null
  private readonly join: WindowOperator | null
  private readonly joined: DerivedInput | null
  private readonly entry: WindowOperator
  private readonly registry: SeriesRegistry
  private readers: readonly Reader[] = []
  private windowOutput: WindowOutput
  private entryOutput: WindowOutput

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
    const { combine } = config
    const given = upstream !== null
    this.readings = readingsOf(config, this.clock, given, registry)
    this.windows =
      given || combine !== undefined
        ? createPipelineWindows(pipeline, registry, 'replay', 'given')
        : createPipelineWindows(pipeline, registry, mode)
    this.windowOutput = this.outputOfWindows()
    const joined = combine === undefined ? null : new DerivedInput(this.windowsAsTarget(), JOINED)
    this.joined = joined
    this.join =
      combine === undefined || joined === null
        ? null
        : createJoinOperator({
            pipeline,
            combine,
            registry,
            options: given ? { mode: 'replay', movedBy: 'given' } : { mode },
            joined: (key, time, value) => joined.sample(key, time, value),
            joinedLate: () => joined.flush(),
          })
    this.entry = this.join ?? this.windows
    this.entryOutput = joined === null ? this.windowOutput : this.outputOfJoin(joined)
  }

  /** The pipelines that read its results, from now on. */
  feed(readers: readonly PipelineNode[]): void {
    const { allowedLateness } = this.config.time
    const options = { behind: durationMs(allowedLateness), seriesOf: (key: number) => this.registry.derivedOf(key) }
    this.readers = readers.map((reader) => ({
      input: new DerivedInput(reader, options),
      statistic: this.config.aggregates.indexOf(reader.config.upstream?.statistic ?? ''),
    }))
    this.windowOutput = this.outputOfWindows()
    if (this.joined === null) this.entryOutput = this.windowOutput
  }

  // ---- input

  process(batch: SampleBatch, partition = '', monotonic: DurationMs = 0): void {
    const { readings } = this
    if (readings !== null) readings.apply(batch)
    this.taken += readings?.taken ?? batch.length
    this.entry.process(readings?.samples ?? batch, partition, monotonic, this.entryOutput)
    this.flushReaders()
  }

  tick(monotonic: DurationMs): void {
    this.entry.tick(monotonic, this.entryOutput)
  }

  setLive(live: boolean, monotonic: DurationMs, quietFrom?: DurationMs): void {
    this.entry.setLive(live, monotonic, this.entryOutput, quietFrom)
  }

  applyMark(mark: ClockMark): void {
    if (mark.watermark === Infinity) this.end()
    else this.entry.applyMark(mark, this.entryOutput)
  }

  advanceTo(member: SeriesId | string, watermark: EpochMs): void {
    if (typeof member === 'number' && this.readings?.takes(member) === false) return
    this.entry.advanceTo(member, watermark, this.entryOutput)
  }

  /** Moves all clocks on, as quiet closing would have. */
  raise(watermark: EpochMs): void {
    this.entry.raise(watermark, this.entryOutput)
  }

  end(): void {
    this.entry.end(this.entryOutput)
  }

  nextDue(member: SeriesId | null): EpochMs {
    // What waits in the windows or further on is due by their own clock, which is not ahead of the entry's.
    const further = this.entryOutput.due === undefined ? Infinity : this.dueBehind(member)
    return Math.min(this.entry.nextDue(member), further)
  }

  private dueBehind(member: SeriesId | null): EpochMs {
    const key = member === null || this.clock === 'source' ? null : this.entry.keyOf(member)
    return key === undefined ? Infinity : (this.entryOutput.due?.(key) ?? Infinity)
  }

  // ---- state

  /** By the name under which it is stored. */
  snapshot(): { readonly name: string; readonly state: Uint8Array }[] {
    const windows = { name: this.id, state: this.windows.snapshot() }
    return this.join === null ? [windows] : [windows, { name: joinName(this.id), state: this.join.snapshot() }]
  }

  restore(stateOf: (name: string) => Uint8Array | undefined): void {
    const windows = stateOf(this.id)
    const join = stateOf(joinName(this.id))
    if (windows === undefined || (this.join !== null && join === undefined)) return
    this.windows.restore(windows)
    if (join !== undefined) this.join?.restore(join)
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

  private outputOfJoin(joined: DerivedInput): WindowOutput {
    return {
      fire: () => undefined,
      late: () => this.sink.late(this.id),
      unassigned: () => undefined,
      mark: (mark, at) => this.mark(mark, at),
      clock: (key, watermark) => joined.advance(key, watermark),
      due: (key) => joined.due(key),
      missed: (key, time) => {
        const window = this.windows.keyOf(key)
        const { combine, upstream } = this.config
        if (window === undefined || combine === undefined || upstream !== undefined) return
        // What is joined with it comes up to the tolerance later, also into windows that are still open.
        this.sink.missed?.(this.id, window, time, time + durationMs(combine.tolerance), Infinity)
      },
    }
  }

  private mark(mark: ClockMark, at: number | undefined): void {
    this.sink.mark(mark, at === undefined || this.readings === null ? at : this.readings.origin(at))
  }

  /** The windows behind the join. */
  private windowsAsTarget(): DerivedTarget {
    const { windows, clock } = this
    return {
      clock,
      process: (samples) => {
        windows.process(samples, '', 0, this.windowOutput)
        this.flushReaders()
      },
      advanceTo: (member, watermark) => windows.advanceTo(member, watermark, this.windowOutput),
      end: () => windows.end(this.windowOutput),
      nextDue: (member) => {
        const key = member === null || clock === 'source' ? null : windows.keyOf(member)
        const further = key === undefined ? Infinity : (this.windowOutput.due?.(key) ?? Infinity)
        return Math.min(windows.nextDue(member), further)
      },
    }
  }
}

const JOINED = { behind: 0, seriesOf: (key: number) => key }
const SILENT: PipelineSink = { fire() {}, late() {}, mark() {} }
const joinName = (id: string): string => `${id}/join`

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
