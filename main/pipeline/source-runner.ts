/** One source at work: receives batches, decodes them into the pending unit, runs its windows, keeps its ledger. */
import { Rejected } from '../contracts'
import type { Decoder, InflightPackets, RawBatch, RawRecord, RecordSink, Source, StoredRejected } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { SourceConfig } from '../../shared/config/workspace'
import type { CheckCounts, FlowLedger, LikelyZone, RejectedRecord, SourceState } from '../../shared/ipc/engine'
import type { SampleBatch, SampleBuffer } from '../../shared/model/samples'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { QualityChecks } from '../quality/checks'
import type { Alerting } from './alerting'
import type { Committer } from './committer'
import { RecordWriter } from './record-writer'
import { MAX_RECORD_BYTES, Rejections } from './rejections'
import type { SeriesRegistry } from './series-registry'
import type { PipelineSink } from './node'
import type { SourcePipelines } from './source-pipelines'

/** Characters of the reasons why samples of a record were taken out. */
const MAX_REASON = 500
/** After it is live a source reads what had queued up; silence counts, but nobody is found idle before. */
const BACKLOG_GRACE_MS = 10_000

export interface RunnerParts {
  readonly config: SourceConfig
  readonly source: Source
  readonly decoder: Decoder
  /** Those that its readings reach. */
  readonly pipelines: SourcePipelines
  /** A sample came too late for all its windows of a pipeline. */
  readonly late: (pipeline: string) => void
  readonly missed: NonNullable<PipelineSink['missed']>
  readonly alerts: RunnerAlerts
  /** Sees every batch as it came. */
  readonly watch: (records: readonly RawRecord[]) => void
}

/** Alert rules see what goes to the windows, and what comes out of them. */
export type RunnerAlerts = Pick<Alerting, 'samples' | 'fired' | 'sourceState'>

type MutableLedger = { -readonly [K in keyof FlowLedger]: FlowLedger[K] }

export class SourceRunner implements RecordSink {
  readonly ledger: MutableLedger = {
    received: 0,
    decoded: 0,
    rejected: 0,
    filtered: 0,
    redelivered: 0,
    samples: 0,
    refused: 0,
    stored: 0,
    inMemory: 0,
    dropped: 0,
  }
  current: SourceState = { state: 'connecting' }
  /** For the first of the pipelines that read the source. */
  late = 0
  missing = 0
  reconnects = 0
  lastArrival: EpochMs | null = null
  lastEvent: EpochMs | null = null
  /** Of payloads and keys. */
  bytes = 0
  private readonly stopping = new AbortController()
  private running: Promise<void> = Promise.resolve()
  /** Silence is counted. */
  private live = false
  private readonly writer: RecordWriter
  private readonly quality: QualityChecks | null
  private readonly rejections: Rejections
  /** Position in the pending unit of the batch in process. */
  private first = 0

  constructor(
    private readonly parts: RunnerParts,
    registry: SeriesRegistry,
    private readonly committer: Committer,
  ) {
    const { pipelines, source, config } = parts
    const maxAhead = source.finite ? Infinity : durationMs(config.time.maxAhead)
    const { checks } = config.quality
    this.quality = checks.length === 0 ? null : new QualityChecks(checks, (ref) => registry.lastOf(config.id, ref))
    this.writer = new RecordWriter(config.id, maxAhead, registry, this.quality)
    this.rejections = new Rejections(config.id, this.ledger, () => committer.pending)
    pipelines.sink = {
      fire: (result) => {
        committer.pending.results.push(result)
        parts.alerts.fired(result)
      },
      late: (pipeline) => {
        if (pipeline === pipelines.first) this.late += 1
        parts.late(pipeline)
      },
      missed: parts.missed,
      mark: (mark, at) => committer.pending.addMark(mark, at === undefined ? undefined : this.first + at),
    }
  }

  get id(): string {
    return this.parts.config.id
  }
  get checks(): CheckCounts[] {
    return this.quality?.counts ?? []
  }
  get lastRejected(): RejectedRecord | null {
    return this.rejections.last
  }
  /** Where nearly all of it is ahead of the clock by a difference of zones. */
  get likelyZone(): LikelyZone | null {
    return this.rejections.likelyZone(this.parts.config.time, Date.now())
  }
  get lag(): number | null {
    return this.parts.source.lag?.() ?? null
  }

  start(resume: ReadonlyMap<string, string>, inflight: readonly InflightPackets[]): void {
    const { source, pipelines } = this.parts
    // What recovery left idle holds its clock back again: nothing has been silent yet.
    pipelines.setLive(false, performance.now())
    if (!source.finite) this.parts.alerts.sourceState(this.id, false)
    this.running = source
      .run(this, resume, this.stopping.signal, inflight)
      .then(() => {
        if (source.finite && !this.stopping.signal.aborted && this.current.state === 'finished') this.endOfInput()
      })
      .catch((error: unknown) =>
        this.state({ state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
      )
  }

  /** Resolves when what was received is committed and acknowledged, and the connection is closed. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running
    this.setLive(false)
  }

  // ---- RecordSink

  state(state: SourceState): void {
    if (this.current.state === 'live' && (state.state === 'retrying' || state.state === 'refused')) this.reconnects += 1
    // A source that says when it has caught up has read its backlog; of others it takes some time.
    const backlog = this.current.state === 'catching-up' ? 0 : BACKLOG_GRACE_MS
    this.current = state
    this.setLive(state.state === 'live' && !this.parts.source.finite, backlog)
  }

  write(batch: RawBatch): Promise<void> | undefined {
    const { pending } = this.committer
    const { samples } = pending
    const first = samples.length
    this.writer.into = samples
    this.parts.watch(batch.records)
    for (const record of batch.records) {
      this.bytes += record.payload.length + record.key.length
      this.decode(record, batch.partition, this.parts.decoder)
    }
    const { redelivered = 0, passedOver = 0, dropped = 0 } = batch
    this.ledger.received += batch.records.length + redelivered + passedOver + dropped
    this.ledger.dropped += dropped
    this.ledger.redelivered += redelivered
    this.ledger.filtered += passedOver
    this.passOn(first, batch.partition)
    if (batch.cursor !== undefined)
      pending.cursorByPartition.set(`${this.id}\0${batch.partition}`, {
        source: this.id,
        partition: batch.partition,
        value: batch.cursor,
      })
    if (batch.inflight !== undefined) pending.addPackets(this.id, batch.inflight)
    if (batch.acknowledge !== undefined) pending.acknowledgements.push(batch.acknowledge)
    return this.committer.added(batch.acknowledgeWithin)
  }

  /** A rejected record once more; it is received again, and no longer rejected or rejected anew. */
  again(entry: StoredRejected, decoder: Decoder): Promise<void> | undefined {
    const { pending } = this.committer
    const first = pending.samples.length
    this.writer.into = pending.samples
    this.ledger.received += 1
    this.decode(entry, entry.partition, decoder)
    pending.takenBack.push({ id: entry.id, source: entry.source, kind: entry.kind })
    this.passOn(first, entry.partition)
    return this.committer.added()
  }

  private decode(record: RawRecord, partition: string, decoder: Decoder): void {
    const { samples } = this.committer.pending
    const before = samples.length
    this.writer.begin(record)
    try {
      if (record.unreadable !== undefined) throw new Rejected(record.unreadable)
      if (record.payload.length > MAX_RECORD_BYTES)
        throw new Rejected(`larger than the limit of ${MAX_RECORD_BYTES} bytes`)
      if (decoder.decode(record, this.writer)) this.ledger.decoded += 1
      else this.ledger.filtered += 1
      if (this.writer.refused > 0) this.refuse(record, partition)
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
      samples.length = before
      this.ledger.rejected += 1
      this.rejections.rejected(record, partition, error.message, error.ahead)
    }
  }

  /** Some of its samples were taken out by checks; the others go on. */
  private refuse(record: RawRecord, partition: string): void {
    const { refused, reasons } = this.writer
    this.ledger.samples += refused
    this.ledger.refused += refused
    if (reasons.length > 0) this.rejections.refused(record, partition, reasons.join('; ').slice(0, MAX_REASON))
  }

  /** The samples of the pending unit from `first` on go to the windows. */
  private passOn(first: number, partition: string): void {
    const { pending } = this.committer
    const view = slice(pending.samples, first)
    this.ledger.samples += view.length
    if (view.length === 0) return
    pending.addRun(this.id, partition, first)
    this.note(view)
    this.first = first
    this.parts.pipelines.process(view, partition, performance.now())
    this.parts.alerts.samples(this.id, view)
  }

  private note(batch: SampleBatch): void {
    let newest = this.lastEvent ?? -Infinity
    for (let i = 0; i < batch.length; i++) {
      const time = batch.time[i] as number
      if (time > newest) newest = time
      if (Number.isNaN(batch.value[i])) this.missing += 1
    }
    this.lastEvent = newest
    this.lastArrival = Math.max(this.lastArrival ?? -Infinity, batch.arrival[batch.length - 1] as number)
  }

  /** Called about once a second: closes the windows of series that have gone quiet. */
  tick(monotonic: DurationMs): void {
    if (this.live) this.parts.pipelines.tick(monotonic)
    const { pending } = this.committer
    if (pending.marks.length > 0 || pending.results.length > 0) void this.committer.added()
  }

  /** The engine did not run for a while (sleep, SIGSTOP, a long stall): silence is counted anew. */
  stalled(): void {
    if (!this.live) return
    this.setLive(false)
    this.setLive(true)
  }

  private setLive(live: boolean, backlog: DurationMs = BACKLOG_GRACE_MS): void {
    if (live === this.live) return
    this.live = live
    const now = performance.now()
    this.parts.pipelines.setLive(live, now, now + backlog)
    this.parts.alerts.sourceState(this.id, live, now + backlog)
  }

  private endOfInput(): void {
    const { pipelines } = this.parts
    pipelines.end()
    for (const mark of pipelines.endMarks()) this.committer.pending.addMark(mark)
    void this.committer.added()
  }
}

/** A view of the entries from `first` on; nothing is copied. */
function slice(samples: SampleBuffer, first: number): SampleBatch {
  const end = samples.length
  return {
    length: end - first,
    series: samples.series.subarray(first, end),
    time: samples.time.subarray(first, end),
    value: samples.value.subarray(first, end),
    arrival: samples.arrival.subarray(first, end),
  }
}
