/**
 * Sources whose readings are kept only in memory. Each has commits of its own, in which the state of its window
 * operators takes the place of the journal: with results, cursors and packets in one transaction, so that after a crash
 * its windows go on as if nothing had happened. What was received is acknowledged after that commit.
 */
import type { MemoryOnlyState, OutboxEntry, PastBlock, RangeQuery, Store } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { Workspace } from '../../shared/config/workspace'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { Committer } from './committer'
import type { PendingUnit } from './committer'
import type { PipelineSet } from './pipeline-set'
import { RepairMarks } from './repair-marks'
import { SampleRing } from './sample-ring'
import type { SeriesRegistry } from './series-registry'
import { encodeSnapshot } from './snapshot'

/** Large state is written less often: so many bytes a millisecond at most, for the sake of the disk. */
const STATE_BYTES_PER_MS = 4096
const NO_SAMPLES = { samples: new SampleBuffer(0), runs: [], marks: [] }

export interface MemoryOnlyParts {
  readonly store: Store
  readonly registry: SeriesRegistry
  readonly pipelines: PipelineSet
  readonly lateOf: (source: string) => number
  readonly outbox: (unit: PendingUnit) => readonly OutboxEntry[]
  /** As of the committer; the unit's samples are in memory by then. */
  readonly committed: (unit: PendingUnit, tookMs: DurationMs) => void
  readonly trouble: (error: unknown) => void
}

export class MemoryOnlySources {
  private readonly running = new Map<string, MemoryOnlySource>()
  /** Largest event time of a source's samples that were not stored. */
  private readonly newest = new Map<string, EpochMs>()

  constructor(private readonly parts: MemoryOnlyParts) {}

  /** Takes over what the file says. */
  load(states: readonly MemoryOnlyState[]): void {
    for (const { source, newest } of states) this.newest.set(source, newest)
  }

  has(source: string): boolean {
    return this.running.has(source)
  }

  committerOf(source: string): Committer | undefined {
    return this.running.get(source)?.committer
  }

  /** Windows that begin after this hold stored samples alone. */
  storedAfter(source: string): EpochMs {
    return this.has(source) ? Infinity : (this.newest.get(source) ?? -Infinity)
  }

  samples(query: RangeQuery): SampleBatch[] {
    return [...this.running.values()].map(({ ring }) => ring.samples(query))
  }

  /** What is stored, then what is only in memory. */
  async *past(...[source, query, samples]: Parameters<Store['past']>): AsyncGenerator<PastBlock> {
    yield* this.parts.store.past(source, query, samples)
    const ring = this.running.get(source)?.ring
    if (ring !== undefined) yield ring.past(source, query)
  }

  erase(query: RangeQuery): void {
    for (const { ring } of this.running.values()) ring.erase(query)
  }

  forget(source: string): void {
    this.newest.delete(source)
  }

  /**
   * Follows a changed workspace, while the sources that it is about stand still and what they sent is committed.
   * @returns those whose samples are to be stored again: `finish` after a snapshot that holds their windows
   */
  async adjust({ sources }: Workspace): Promise<string[]> {
    const kept = sources.filter(({ keepSamples }) => keepSamples === 'memory')
    const wanted = new Map(kept.map(({ id, memoryFor }) => [id, durationMs(memoryFor)]))
    const left = [...this.running.keys()].filter((id) => !wanted.has(id))
    for (const id of left) {
      await this.running.get(id)?.committer.stop()
      this.running.delete(id)
      this.parts.registry.setOwnCommits(id, false)
    }
    for (const [id, keepFor] of wanted) {
      const running = this.running.get(id)
      if (running === undefined) await this.begin(id, keepFor)
      else running.ring.keepFor = keepFor
    }
    return left
  }

  /** Its windows are in a snapshot again. */
  async finish(source: string): Promise<void> {
    const memoryOnly = { source, newest: this.newest.get(source) ?? -Infinity, state: null }
    await this.parts.store.commit({ ...NOTHING, memoryOnly })
  }

  private async begin(source: string, keepFor: DurationMs): Promise<void> {
    const { parts, newest } = this
    parts.registry.setOwnCommits(source, true)
    const started = new MemoryOnlySource(source, parts, newest, keepFor)
    // Its state is in the file before snapshots leave it out.
    await started.committer.checkpoint()
    this.running.set(source, started)
  }

  async flush(): Promise<void> {
    for (const { committer } of this.running.values()) await committer.flush()
  }

  async checkpoint(): Promise<void> {
    for (const { committer } of this.running.values()) await committer.checkpoint()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ committer }) => committer.stop()))
  }
}

const NOTHING = { series: [], block: NO_SAMPLES, results: [], rejected: [], cursors: [] }

class MemoryOnlySource {
  readonly ring: SampleRing
  readonly committer: Committer
  private state: Uint8Array = new Uint8Array(0)

  constructor(
    private readonly source: string,
    private readonly parts: MemoryOnlyParts,
    private readonly newest: Map<string, EpochMs>,
    keepFor: DurationMs,
  ) {
    this.ring = new SampleRing(keepFor)
    const { store, registry, trouble } = parts
    this.committer = new Committer(
      {
        commit: ({ series, results, rejected, takenBack = [], cursors, inflight = [], outbox = [] }) => {
          const memoryOnly = { source, newest: newest.get(source) ?? -Infinity, state: this.state }
          const others = { results, rejected, takenBack, cursors, inflight, outbox }
          return store.commit({ series, block: NO_SAMPLES, ...others, memoryOnly })
        },
        saveSnapshot: (seq, body) => store.saveSnapshot(seq, body),
      },
      () => registry.takeCreated(source),
      {
        snapshot: (unit) => this.note(unit),
        outbox: (unit) => this.parts.outbox(unit),
        committed: (unit, tookMs) => this.committed(unit, tookMs),
        trouble,
      },
    )
  }

  /** The state goes into the commit itself. @returns null: there is no snapshot besides it */
  private note({ samples }: PendingUnit): null {
    const { source, newest, parts } = this
    let latest = newest.get(source) ?? -Infinity
    for (let i = 0; i < samples.length; i++) latest = Math.max(latest, samples.time[i] as number)
    newest.set(source, latest)
    this.state = encodeSnapshot({
      operators: parts.pipelines.snapshot((id) => id === source),
      last: new Float64Array(0),
      late: { [source]: parts.lateOf(source) },
      repairs: new RepairMarks(),
      alerts: null,
    })
    return null
  }

  private committed(unit: PendingUnit, tookMs: DurationMs): void {
    this.committer.notBefore = performance.now() + this.state.length / STATE_BYTES_PER_MS
    this.ring.append(unit.samples)
    this.parts.committed(unit, tookMs)
  }
}
