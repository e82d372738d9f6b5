/**
 * The local history in one SQLite file: a connection for the writer, one for reads, a lock beside it.
 * Writes are serialised here, because anything run on the writing connection joins its open transaction.
 */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type {
  Commit,
  Damage,
  DecimatedPart,
  InflightEntry,
  LoggedBlock,
  PastBlock,
  RangeQuery,
  Removed,
  ResumePoint,
  RetentionPlan,
  SampleSpan,
  Store,
  StoreSizes,
} from '../contracts'
import type { SampleBatch } from '../../shared/model/samples'
import type { WindowResult } from '../../shared/model/results'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { COMPACTION, Compactor } from './compaction/compactor'
import type { CompactionLimits } from './compaction/compactor'
import { crc32 } from './crc32'
import { readKeptAside } from './damaged'
import { Database } from './database'
import { bytesOf } from './file-bytes'
import { isCorrupt } from './store-error'
import { erasePipeline, eraseSource } from './erase'
import { readDecimated, readPast, readSamples } from './history'
import type { HistoryContext } from './history'
import { eraseSamples } from './erase-samples'
import { readInflight } from './inflight'
import { AlertHistory } from './alert-events'
import { Outbox } from './outbox'
import { RejectedHistory } from './rejected'
import { Retention } from './retention/retention'
import { readSizes } from './retention/sizes'
import { isWhole } from './retention/whole'
import { giveBack } from './retention/vacuum'
import { DiskRoom } from './disk-room'
import { refuseNetworkDrive } from './drive'
import { FileLock } from './lock'
import { definePipeline, readPipelines } from './pipelines'
import type { PipelineEntry } from './pipelines'
import { prepareFile } from './prepare-file'
import { ReadGate } from './read-gate'
import { readBlocks, readKeys, readResults, readResumePoint } from './reader'
import { isEmptied, isUnopenable, moveAside } from './salvage/damaged-file'
import { salvageHistory } from './salvage/history'
import { beginAnew, readProgress } from './salvage/state'
import type { SalvageProgress } from './salvage/state'
import { SoundnessCheck, endedUncleanly } from './soundness'
import { ReadConnections, readSnapshot } from './snapshots'
import { readSpans } from './spans'
import type { StepListener, StoreStep } from './steps'
import { finishRestore } from './unfinished-restore'
import { CommitWriter } from './writer'

export interface OpenedStore {
  readonly store: SqliteStore
  /** Where an unreadable file was moved to, or null. */
  readonly movedAside: string | null
}

export class SqliteStore implements Store {
  readonly damage: Damage[] = []
  readonly rejected: RejectedHistory
  readonly alerts: AlertHistory
  readonly outbox: Outbox
  private queue: Promise<unknown> = Promise.resolve()
  private closing = false
  private readonly gate = new ReadGate()
  private readonly compactor: Compactor
  private readonly room: DiskRoom
  private readonly readers: ReadConnections
  private salvaging: Promise<void> | null = null
  salvaged: SalvageProgress | null = null
  locked = false
  private unclean = false
  private readonly soundness: SoundnessCheck

  private constructor(
    readonly file: string,
    private readonly lock: FileLock,
    private readonly writing: Database,
    private readonly reading: Database,
    private readonly commits: CommitWriter,
    private readonly pipelines: Map<string, PipelineEntry>,
    limits: CompactionLimits,
    private readonly onStep: StepListener,
  ) {
    const write = (task: (db: Database) => Promise<void>): Promise<void> => this.serially(() => task(writing))
    this.rejected = new RejectedHistory(reading, write)
    this.alerts = new AlertHistory(reading, write)
    this.outbox = new Outbox(reading, write)
    this.room = new DiskRoom(file)
    this.readers = new ReadConnections(file)
    this.soundness = new SoundnessCheck(file)
    const context = {
      writing,
      reading,
      write: <T>(step: StoreStep, task: () => Promise<T>) => this.step(step, task),
      onDamage: (damage: Damage) => this.onDamage(damage),
    }
    this.compactor = new Compactor(context, limits)
  }

  /** @throws StoreError LOCKED, NEWER, FOREIGN, or what SQLite says; in these cases the file is left as it was. */
  static async open(file: string, limits = COMPACTION, onStep: StepListener = () => undefined): Promise<OpenedStore> {
    await mkdir(dirname(file), { recursive: true })
    await refuseNetworkDrive(dirname(file))
    const lock = await FileLock.take(file)
    try {
      await finishRestore(file)
      if (!(await isEmptied(file)))
        return { store: await SqliteStore.openLocked(file, lock, limits, onStep), movedAside: null }
    } catch (error) {
      if (!isUnopenable(error)) {
        await lock.release()
        throw error
      }
    }
    try {
      const movedAside = await moveAside(file)
      await beginAnew(movedAside, file)
      return { store: await SqliteStore.openLocked(file, lock, limits, onStep), movedAside }
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  private static async openLocked(
    file: string,
    lock: FileLock,
    limits: CompactionLimits,
    onStep: StepListener,
  ): Promise<SqliteStore> {
    const unclean = await endedUncleanly(file)
    let store: SqliteStore | undefined
    const writing = await Database.open(file, 'write', () => {
      if (store !== undefined) store.locked = true
    })
    try {
      await prepareFile(writing)
      const pipelines = await readPipelines(writing)
      const commits = await CommitWriter.create(writing, pipelines)
      const reading = await Database.open(file, 'read')
      store = new SqliteStore(file, lock, writing, reading, commits, pipelines, limits, onStep)
      for (const damage of await readKeptAside(writing)) store.onDamage(damage)
      store.salvaged = await readProgress(writing)
      store.unclean = unclean
      await store.compactor.start()
      return store
    } catch (error) {
      await writing.close().catch(() => undefined)
      throw error
    }
  }

  async commit(unit: Commit): Promise<number> {
    this.room.require()
    await this.compactor.room()
    const seq = await this.step('commit', () => this.commits.write(unit))
    this.compactor.committed(unit.block.samples.length)
    return seq
  }

  /** Moves all of the journal into chunks now, however few samples there are. */
  compact(): Promise<void> {
    return this.compactor.now()
  }

  async resume(): Promise<ResumePoint> {
    return readResumePoint(this.reading, this.commits.lastSeq, this.onDamage)
  }

  async *journal(afterSeq: number, from: EpochMs | null = null): AsyncGenerator<LoggedBlock> {
    const range = { from, to: null }
    for await (const { seq, block } of this.reads(({ db, onDamage }) => readBlocks(db, afterSeq, range, onDamage)))
      yield { ...block, seq }
  }

  async *past(
    source: string,
    query: RangeQuery & { readonly from: EpochMs },
    samples: number,
  ): AsyncGenerator<PastBlock> {
    yield* this.reads((context) => readPast(context, source, query, samples))
  }

  async cursors(source: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.reading.all('SELECT partition, value FROM cursor WHERE source = ?', source)
    return new Map(rows.map((row) => [String(row['partition']), String(row['value'])]))
  }

  inflight(source: string): Promise<readonly InflightEntry[]> {
    return readInflight(this.reading, source)
  }

  saveSnapshot(seq: number, body: Uint8Array): Promise<void> {
    return this.step('snapshot', async () => {
      await this.writing.run(
        'INSERT OR REPLACE INTO snapshot (seq, crc, body) VALUES (?, ?, ?)',
        seq,
        crc32(body),
        Buffer.from(body),
      )
      // The one before stays, in case this one is torn.
      await this.writing.run(
        'DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 2)',
      )
    })
  }

  async *samples(query: RangeQuery, upToSeq = Number.MAX_SAFE_INTEGER): AsyncGenerator<SampleBatch> {
    yield* this.reads((context) => readSamples(context, query, upToSeq))
  }

  async spans(query: RangeQuery): Promise<readonly SampleSpan[]> {
    const spans: SampleSpan[] = []
    for await (const span of this.reads((context) => readSpans(context, query))) spans.push(span)
    return spans
  }

  async *decimated(
    query: RangeQuery,
    columnMs: DurationMs,
    upToSeq = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<DecimatedPart> {
    yield* this.reads((context) => readDecimated(context, query, columnMs, upToSeq))
  }

  /** Nothing is erased while the read is under way. */
  private async *reads<T>(read: (context: HistoryContext) => AsyncIterable<T>): AsyncGenerator<T> {
    const leave = await this.gate.enter()
    const db = await this.readers.take()
    try {
      yield* readSnapshot(db, this.onDamage, read)
    } catch (error) {
      this.noteCorrupt(error)
      throw error
    } finally {
      await this.readers.release(db)
      leave()
    }
  }

  async *results(pipeline: string, query: RangeQuery): AsyncGenerator<readonly WindowResult[]> {
    const entry = this.pipelines.get(pipeline)
    if (entry !== undefined) yield* readResults(this.reading, { id: entry.id, name: pipeline }, query)
  }

  aggregates(pipeline: string): readonly string[] {
    return this.pipelines.get(pipeline)?.aggregates ?? []
  }

  definePipeline(pipeline: string, aggregates: readonly string[], meaning: string): Promise<void> {
    return this.serially(async () => {
      const entry = await definePipeline(this.writing, this.pipelines, { name: pipeline, aggregates, meaning })
      this.pipelines.set(pipeline, entry)
    })
  }

  keys(pipeline: string): Promise<readonly number[]> {
    const entry = this.pipelines.get(pipeline)
    return entry === undefined ? Promise.resolve([]) : readKeys(this.reading, entry.id)
  }

  erasePipeline(pipeline: string): Promise<void> {
    return this.serially(async () => {
      const entry = this.pipelines.get(pipeline)
      if (entry !== undefined) await erasePipeline(this.writing, entry.id)
    })
  }

  /** Takes turns with the moves of the journal: both change chunks. */
  async retain(plan: RetentionPlan): Promise<Removed> {
    const retention = new Retention({
      writing: this.writing,
      reading: this.reading,
      serially: (task) => this.serially(task),
      onDamage: this.onDamage,
      stopped: () => this.compactor.isStopped,
      pipelineId: (name) => this.pipelines.get(name)?.id,
    })
    return this.compactor.turn(async () => {
      const removed = await retention.run(plan)
      await this.giveBack()
      return removed
    })
  }

  isWhole(query: RangeQuery): Promise<boolean> {
    return isWhole(this.reading, query)
  }

  eraseSamples(query: RangeQuery): Promise<void> {
    return this.compactor.paused(() =>
      this.gate.exclusive(() => this.serially(() => eraseSamples(this.writing, this.reading, query))),
    )
  }

  checkRoom(minimum: number): Promise<number> {
    return this.room.check(minimum)
  }

  sizes(): Promise<StoreSizes> {
    return readSizes(this.reading)
  }

  vacuum(): Promise<number> {
    return this.compactor.turn(() => this.giveBack(true))
  }

  salvage(): Promise<void> {
    const { writing, salvaged } = this
    if (salvaged === null) return Promise.resolve()
    const context = {
      writing,
      serially: <T>(task: () => Promise<T>) => this.serially(task),
      stopped: () => this.closing,
    }
    const done = salvageHistory(context, salvaged)
    this.salvaging = done.catch(() => undefined)
    return done
  }

  async check(): Promise<void> {
    const fault = this.unclean ? await this.soundness.run() : null
    if (fault !== null) this.onDamage({ kind: 'file', id: 0, reason: fault })
  }

  private giveBack(whole = false): Promise<number> {
    const { writing, compactor } = this
    return giveBack({ writing, whole, serially: (task) => this.serially(task), stopped: () => compactor.isStopped })
  }

  eraseSource(source: string): Promise<void> {
    return this.compactor.paused(() =>
      this.gate.exclusive(() =>
        this.serially(async () => {
          await eraseSource(this.writing, this.reading, source)
          this.commits.inflight.forget(source)
        }),
      ),
    )
  }

  fileBytes(): Promise<number> {
    return bytesOf(this.file)
  }

  async close(): Promise<void> {
    this.closing = true
    await this.soundness.stop()
    await this.compactor.stop()
    await this.salvaging
    await this.queue
    await this.readers.close()
    await this.reading.close()
    await this.writing.close()
    await this.lock.release()
  }

  private readonly onDamage = (damage: Damage): void => {
    if (!this.damage.some(({ kind, id }) => kind === damage.kind && id === damage.id)) this.damage.push(damage)
  }

  /** Pages that SQLite cannot make sense of; what was asked for fails. */
  private noteCorrupt(error: unknown): void {
    if (isCorrupt(error)) this.onDamage({ kind: 'file', id: 0, reason: error.message })
  }

  private step<T>(step: StoreStep, task: () => Promise<T>): Promise<T> {
    return this.serially(() => {
      this.onStep(step, 'begin')
      return task().finally(() => this.onStep(step, 'end'))
    })
  }

  private serially<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task)
    this.queue = result.then(
      () => (this.locked = false),
      (error: unknown) => this.noteCorrupt(error),
    )
    return result
  }
}
