/** Runs one pipeline over a finite input as fast as it can, in event time: the same input gives the same bytes. */
import type { WindowOutput } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { WindowResult } from '../../shared/model/results'
import { createAlongOperator } from './along-operator'
import { OperatorChain } from './operator-chain'
import type { Derive } from './operator-chain'
import { parseReplayConfig, ReplayError } from './replay-config'
import type { ReplayDefinition } from './replay-config'
import { CsvReader } from './replay-csv'
import { JsonReader, type LineReader, type ReplayEvent } from './replay-events'
import { ReplayKeys } from './replay-keys'
import { Lines, type LineSink } from './replay-lines'
import { NdjsonReader } from './replay-ndjson'
import { ReplayRows } from './replay-rows'
import { createPipelineWindows } from './windowing'

export interface ReplayOptions {
  /** JSON text, and what messages call it. */
  readonly config: string
  readonly configName: string
  /** NDJSON or CSV, in pieces of any size, and what messages call it. */
  readonly input: AsyncIterable<Uint8Array>
  readonly inputName: string
  /** Takes lines of results; what it returns is waited for. */
  readonly output: (text: string) => Promise<void>
  /** Events in the order of their times, ties as they come, instead of in the order of the input. */
  readonly sortByTime: boolean
}

export interface ReplaySummary {
  readonly events: number
  /** By series. */
  readonly late: Readonly<Record<string, number>>
  readonly unassigned: Readonly<Record<string, number>>
  readonly missing: Readonly<Record<string, number>>
  readonly rejected: number
}

/**
 * Times in ms since the epoch, in and out. An empty input gives no results. A bad line is rejected, counted and skipped.
 * Sorting keeps the whole input in memory.
 * @throws ReplayError where the configuration or the input cannot be read
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const definition = parseReplayConfig(options.config, options.configName)
  const keys = new ReplayKeys(definition.groupBy)
  const run = new Replay(keys, chainOf(definition, keys), definition.aggregates, {
    input: options.inputName,
    byPartition: definition.time.clock === 'source',
    sorted: options.sortByTime,
  })
  const lines = new Lines(run)
  try {
    for await (const chunk of options.input) {
      lines.push(chunk)
      if (run.rows.pending > OUTPUT_CHARACTERS) await options.output(run.rows.take())
    }
  } catch (error) {
    if (error instanceof ReplayError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ReplayError(`${options.inputName}: cannot be read (${reason}); check the path and its permissions`)
  }
  lines.end()
  for (const _ of run.finish()) if (run.rows.pending > OUTPUT_CHARACTERS) await options.output(run.rows.take())
  await options.output(run.rows.take())
  return run.summary()
}

function chainOf(definition: ReplayDefinition, keys: ReplayKeys): OperatorChain {
  const { along, time } = definition
  const records = { mode: 'replay' } as const
  const windows = createPipelineWindows(
    definition,
    keys,
    along === undefined ? records : { ...records, movedBy: 'given' },
  )
  const before =
    along === undefined ? [] : [(derive: Derive) => createAlongOperator(definition, along, keys, records, derive)]
  return new OperatorChain(windows, before, { clock: time.clock, derived: () => undefined })
}

const OUTPUT_CHARACTERS = 1 << 18
const BATCH = 8192

interface ReplayInput {
  readonly input: string
  readonly byPartition: boolean
  readonly sorted: boolean
}

/** Lines in, rows out. */
class Replay implements LineSink, WindowOutput {
  readonly rows: ReplayRows
  private readonly samples = new SampleBuffer(BATCH)
  private readonly event: ReplayEvent = { series: 0, time: 0, value: 0, partition: '' }
  private readonly late_ = new Counts()
  private readonly unassigned_ = new Counts()
  private readonly missing = new Counts()
  /** Sorted only: the partition of each sample. */
  private readonly partitions: string[] = []
  private reader: LineReader | null = null
  private partition = ''
  private events = 0
  private rejected = 0

  constructor(
    private readonly keys: ReplayKeys,
    private readonly chain: OperatorChain,
    aggregates: readonly string[],
    private readonly input: ReplayInput,
  ) {
    this.rows = new ReplayRows(keys, aggregates)
    chain.tell(this)
  }

  line(bytes: Uint8Array, from: number, to: number): void {
    const { event, samples } = this
    if (this.reader === null) {
      this.begin(bytes, from, to)
      return
    }
    if (!this.reader.read(bytes, from, to, event)) {
      this.rejected++
      return
    }
    this.events++
    const { series, time, value, partition } = event
    if (value !== value) this.missing.add(series)
    if (this.input.sorted) this.partitions.push(partition)
    else if (samples.length === BATCH || (partition !== this.partition && this.input.byPartition)) this.flush()
    this.partition = partition
    samples.push(series, time, value, 0)
  }

  oversized(): void {
    this.rejected++
  }

  fire(result: WindowResult): void {
    this.rows.add(result)
  }

  late(series: number): void {
    this.late_.add(series)
  }

  unassigned(series: number): void {
    this.unassigned_.add(series)
  }

  mark(): void {}

  /** Yields where rows may be written out. */
  *finish(): Generator<void> {
    if (this.input.sorted) yield* this.replaySorted()
    else this.flush()
    yield
    this.chain.entry.end(this.chain.entryOutput)
  }

  summary(): ReplaySummary {
    const { events, rejected, keys } = this
    return {
      events,
      late: this.late_.byName(keys),
      unassigned: this.unassigned_.byName(keys),
      missing: this.missing.byName(keys),
      rejected,
    }
  }

  /** The first line tells NDJSON from CSV. */
  private begin(bytes: Uint8Array, from: number, to: number): void {
    const start = bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf ? from + 3 : from
    let first = start
    while (first < to && (bytes[first] === 0x20 || bytes[first] === 0x09)) first++
    if (first === to) return
    const json = new JsonReader(this.keys)
    if (bytes[first] !== 0x7b) this.reader = new CsvReader(bytes.subarray(first, to), this.keys, this.input.input)
    else {
      this.reader = new NdjsonReader(this.keys, json)
      this.line(bytes, first, to)
    }
  }

  private flush(): void {
    this.chain.entry.process(this.samples, this.partition, 0, this.chain.entryOutput)
    this.samples.clear()
  }

  private *replaySorted(): Generator<void> {
    const { samples, partitions } = this
    const { series, time, value } = samples
    const order = Uint32Array.from({ length: samples.length }, (_, i) => i)
    order.sort((a, b) => (time[a] as number) - (time[b] as number) || a - b)
    const batch = new SampleBuffer(BATCH)
    let partition = ''
    const flush = (): void => {
      this.chain.entry.process(batch, partition, 0, this.chain.entryOutput)
      batch.clear()
    }
    for (const i of order) {
      const next = partitions[i] as string
      if (batch.length === BATCH || (next !== partition && this.input.byPartition)) {
        flush()
        yield
      }
      partition = next
      batch.push(series[i] as number, time[i] as number, value[i] as number, 0)
    }
    flush()
  }
}

class Counts {
  private readonly counts: number[] = []

  add(series: number): void {
    while (this.counts.length <= series) this.counts.push(0)
    this.counts[series] = (this.counts[series] as number) + 1
  }

  byName(keys: ReplayKeys): Record<string, number> {
    const named = new Map<string, number>()
    this.counts.forEach((count, series) => {
      if (count > 0) named.set(keys.text(series), (named.get(keys.text(series)) ?? 0) + count)
    })
    return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
