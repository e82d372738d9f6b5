/**
 * Gathers what the sources send into units and commits one after the other: samples, results, rejected records and
 * cursors in one transaction. Only then are records acknowledged and charts told.
 */
import type {
  AlertEntry,
  ClockMark,
  Commit,
  InflightEntry,
  InflightPackets,
  JournalMark,
  JournalRun,
  OutboxEntry,
  RejectedEntry,
  Store,
  TakenBack,
} from '../contracts'
import type { WindowResult } from '../../shared/model/results'
import { SampleBuffer } from '../../shared/model/samples'
import type { SeriesInfo } from '../../shared/model/series'
import type { DurationMs } from '../../shared/model/time'

/** A commit follows the oldest uncommitted sample within this time, sooner where an acknowledgement waits. */
const COMMIT_WITHIN_MS = 100
/** More than this uncommitted is "full": sources wait. */
const FULL_SAMPLES = 1 << 18
const FULL_REJECTED_BYTES = 16 << 20
const RETRY_MS = 1000

/** A unit while it is filled. Its buffers are used again two commits later. */
export class PendingUnit implements Commit {
  readonly samples = new SampleBuffer(8192)
  readonly runs: JournalRun[] = []
  readonly marks: JournalMark[] = []
  readonly results: WindowResult[] = []
  readonly rejected: RejectedEntry[] = []
  readonly takenBack: TakenBack[] = []
  readonly alerts: AlertEntry[] = []
  readonly cursorByPartition = new Map<string, { source: string; partition: string; value: string }>()
  readonly acknowledgements: (() => void)[] = []
  private readonly packets: { source: string; client: string; parts: Uint8Array[]; forget: boolean }[] = []
  series: SeriesInfo[] = []
  outbox: readonly OutboxEntry[] = []
  rejectedBytes = 0
  /** When it has to be committed, on the monotonic clock; Infinity while it is empty. */
  due = Infinity

  get block() {
    return { samples: this.samples, runs: this.runs, marks: this.marks }
  }
  get cursors() {
    return [...this.cursorByPartition.values()]
  }
  get inflight(): readonly InflightEntry[] {
    return this.packets.map(({ source, client, parts, forget }) => ({
      source,
      client,
      forget,
      packets: parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts),
    }))
  }
  get full(): boolean {
    return this.samples.length >= FULL_SAMPLES || this.rejectedBytes >= FULL_REJECTED_BYTES
  }

  /** Which stream sent the samples from `first` on. */
  addRun(source: string, partition: string, first: number): void {
    const length = this.samples.length - first
    if (length > 0) this.runs.push({ source, partition, length })
  }

  /** One entry a client: those that come after a lost session stand for those before it too. */
  addPackets(source: string, { client, packets, forget }: InflightPackets): void {
    const known = this.packets.find((entry) => entry.source === source && entry.client === client)
    if (known === undefined) this.packets.push({ source, client, parts: [packets], forget })
    else if (forget) Object.assign(known, { parts: [packets], forget })
    else known.parts.push(packets)
  }

  /**
   * `position`: of the sample before which the mark takes effect. Several pipelines go over the same batch one after
   * the other: the marks are kept in the order of their positions, which is that of recovery.
   */
  addMark(mark: ClockMark, position = this.samples.length): void {
    const { marks } = this
    let at = marks.length
    while (at > 0 && (marks[at - 1] as JournalMark).position > position) at--
    marks.splice(at, 0, { position, mark })
  }

  clear(): void {
    this.samples.clear()
    const { runs, marks, results, rejected, takenBack, alerts, acknowledgements, packets } = this
    for (const list of [runs, marks, results, rejected, takenBack, alerts, acknowledgements, packets]) list.length = 0
    this.cursorByPartition.clear()
    this.series = []
    this.outbox = []
    this.rejectedBytes = 0
    this.due = Infinity
  }
}

export interface CommitterHooks {
  /** State to store with the coming commit, or null while the last one is recent enough. */
  snapshot(unit: PendingUnit): Uint8Array | null
  /** What of it is to leave for other systems. */
  outbox(unit: PendingUnit): readonly OutboxEntry[]
  /** After the commit; what is needed of the unit must be copied. */
  committed(unit: PendingUnit, tookMs: DurationMs): void
  /** The disk is full or the file locked: nothing is acknowledged until a retry succeeds, which `null` reports. */
  trouble(error: unknown): void
}

export class Committer {
  pending = new PendingUnit()
  /** Journal sequence of the last commit. */
  seq = 0
  /** No commit starts before this by itself, on the monotonic clock. */
  notBefore = -Infinity
  private spare = new PendingUnit()
  private running: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined
  private waiters: (() => void)[] = []
  private stopped = false
  private unitsInTrouble = 0
  private startedUnits = 0
  private committedUnits = 0

  constructor(
    private readonly store: Pick<Store, 'commit' | 'saveSnapshot'>,
    private readonly takeSeries: () => SeriesInfo[],
    private readonly hooks: CommitterHooks,
  ) {}

  /**
   * The pending unit has something new. @param within how soon it must be durable.
   * @returns a promise where the engine is full.
   */
  added(within: DurationMs = COMMIT_WITHIN_MS): Promise<void> | undefined {
    const { pending } = this
    const due = performance.now() + Math.min(within, COMMIT_WITHIN_MS)
    if (due < pending.due) {
      pending.due = due
      this.schedule()
    }
    return pending.full ? new Promise((resolve) => this.waiters.push(resolve)) : undefined
  }

  private schedule(): void {
    if (this.running !== undefined) return
    clearTimeout(this.timer)
    const wait = Math.max(this.pending.due, this.notBefore) - performance.now()
    if (wait <= 0) this.start()
    else this.timer = setTimeout(() => this.start(), wait)
  }

  private start(): void {
    if (this.running !== undefined) return
    this.running = this.commitPending().then(() => {
      this.running = undefined
      if (this.pending.due !== Infinity && !this.stopped) this.schedule()
    })
  }

  private async commitPending(): Promise<void> {
    const unit = this.pending
    this.pending = this.spare
    this.startedUnits += 1
    unit.series = this.takeSeries()
    unit.outbox = this.hooks.outbox(unit)
    // At this point the operators have seen exactly what this unit and those before it hold.
    const snapshot = this.hooks.snapshot(unit)
    const started = performance.now()
    if (!(await this.write(unit))) return
    this.committedUnits += 1
    if (snapshot !== null) await this.store.saveSnapshot(this.seq, snapshot).catch(this.hooks.trouble)
    for (const acknowledge of unit.acknowledgements) acknowledge()
    this.hooks.committed(unit, performance.now() - started)
    unit.clear()
    this.spare = unit
    const { waiters } = this
    this.waiters = []
    for (const resume of waiters) resume()
  }

  /** Tries until it succeeds or the engine stops: a full disk may get room, a lock may go. */
  private async write(unit: PendingUnit): Promise<boolean> {
    for (;;) {
      try {
        this.seq = await this.store.commit(unit)
        if (this.unitsInTrouble > 0) {
          this.unitsInTrouble = 0
          this.hooks.trouble(null)
        }
        return true
      } catch (error) {
        this.unitsInTrouble += 1
        this.hooks.trouble(error)
        if (this.stopped) return false
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  /** Commits even where nothing is new: for a snapshot of what is there now. */
  checkpoint(): Promise<void> {
    this.pending.due = Math.min(this.pending.due, performance.now())
    return this.flush()
  }

  /** Commits all that was added before the call; what is added meanwhile is not waited for. */
  async flush(): Promise<void> {
    const goal = this.startedUnits + (this.pending.due === Infinity ? 0 : 1)
    while (this.committedUnits < goal && !this.stopped) {
      clearTimeout(this.timer)
      this.start()
      await this.running
    }
  }

  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.running
    await this.commitPending()
  }
}
