/** The running whole: store, sources, windows, commits. The engine process and the command line drive it. */
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { RawRecord, Secrets, SourceContext, Store } from '../contracts'
import { sizeBytes } from '../../shared/config/retention'
import type { Workspace } from '../../shared/config/workspace'
import type { SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { SqliteStore } from '../store/sqlite-store'
import { COMPACTION } from '../store/compaction/compactor'
import { Alerting } from './alerting'
import { applyWorkspace } from './apply-workspace'
import { Committer } from './committer'
import type { PendingUnit } from './committer'
import { liveImport } from './import-target'
import type { ImportTarget } from './import-target'
import { Erasing } from './erasing'
import { MemoryOnlySources } from './memory-only'
import { Outputs } from './outputs'
import { PipelineCounts } from './pipeline-counts'
import { PipelineResults } from './pipeline-results'
import { PipelineSet } from './pipeline-set'
import { recover } from './recovery'
import { RejectedRecords } from './rejected-records'
import { Repairs } from './repair'
import { retentionPlan } from './retention-plan'
import { RetentionTimer } from './retention-timer'
import { SeriesRegistry } from './series-registry'
import { encodeSnapshot } from './snapshot'
import { SnapshotPace } from './snapshot-pace'
import { RunningSources } from './running-sources'
import type { SourceRunner } from './source-runner'
import { SourceTrials } from './source-trials'
import type { RuntimeHooks, RuntimeOptions } from './runtime-options'
import { USUAL } from './tuning'
import type { RuntimeTuning } from './tuning'
import { byId } from './workspace-change'

const TICK_MS = 1000
/** A tick this much too late means that the process or the machine stood still. */
const STALL_MS = 1000

export class Runtime {
  readonly registry = new SeriesRegistry()
  readonly counts = new PipelineCounts()
  /** Who looks at the raw records of a source, by its id; asked for every batch, also after the source restarted. */
  readonly watchers = new Map<string, (records: readonly RawRecord[]) => void>()
  /** Where windows that were open could not be recovered: the arrival time from which they are counted. */
  countedFrom: EpochMs | null = null
  storedSamples = 0
  storedWindows = 0
  /** On the disk of the file. */
  freeBytes = Infinity
  readonly commitDurations: DurationMs[] = []
  /** For charts, exports and lists of keys. */
  readonly results: PipelineResults
  private readonly pipelines = new PipelineSet(this.registry)
  private readonly committer: Committer
  readonly memoryOnly: MemoryOnlySources
  readonly erasing: Erasing
  readonly trials: SourceTrials
  readonly rejectedRecords: RejectedRecords
  readonly alerting: Alerting
  readonly outputs: Outputs
  private readonly pace: SnapshotPace
  private readonly repairs: Repairs
  private readonly sources: RunningSources
  private readonly newest = new Map<string, EpochMs>()
  private readonly installation: string
  private timer: NodeJS.Timeout | undefined
  private lastTick = performance.now()
  private stopping = false
  private readonly retention: RetentionTimer

  private constructor(
    readonly store: Store,
    readonly movedAside: string | null,
    private workspace: Workspace,
    private readonly secrets: ReadonlyMap<string, Secrets>,
    private readonly hooks: RuntimeHooks,
    tuning: RuntimeTuning,
    desktop: boolean,
  ) {
    this.pace = new SnapshotPace(tuning.snapshotSamples)
    this.installation = createHash('sha256').update(`${hostname()}\0${store.file}`).digest('hex').slice(0, 8)
    this.results = new PipelineResults({
      store,
      registry: this.registry,
      pipelines: this.pipelines,
      workspace: () => this.workspace,
      past: (...range) => this.memoryOnly.past(...range),
      newestEvent: (source) => this.newestEvent(source),
      isFinished: (source) => this.runners.get(source)?.current.state === 'finished',
    })
    this.retention = this.createRetention()
    this.memoryOnly = new MemoryOnlySources({
      store,
      registry: this.registry,
      pipelines: this.pipelines,
      lateOf: (source) => this.sources.lateOf(source),
      outbox: (unit) => this.outputs.entries(unit),
      committed: (unit, tookMs) => {
        this.sources.count(unit.runs, 'inMemory')
        this.tell(unit, tookMs, false)
      },
      trouble: hooks.trouble,
    })
    this.repairs = this.createRepairs()
    this.alerting = this.createAlerting(desktop)
    const { registry, installation } = this
    this.outputs = new Outputs({ store, registry, installation, secrets, trouble: hooks.trouble })
    this.sources = new RunningSources({
      store,
      registry: this.registry,
      context: (id) => this.context(id),
      pipelinesOf: (id) => this.pipelines.of(id) ?? this.pipelines.rebuild(id, this.workspace),
      committerOf: (id) => this.memoryOnly.committerOf(id) ?? this.committer,
      watch: (id) => (records) => this.watchers.get(id)?.(records),
      late: (pipeline) => this.counts.late(pipeline),
      missed: (...missed) => this.repairs.missed(...missed),
      alerts: this.alerting,
    })
    this.erasing = new Erasing({
      store,
      registry: this.registry,
      pipelines: this.pipelines,
      repairs: this.repairs,
      memoryOnly: this.memoryOnly,
      flush: () => this.flush(),
      checkpoint: () => this.checkpoint(),
      countStored: () => this.countStored(),
      forget: (source) => this.sources.forget(source),
    })
    this.rejectedRecords = new RejectedRecords({
      store,
      config: (source) => byId(this.workspace.sources, source),
      runner: (source) => this.runners.get(source),
      flush: () => this.flush(),
    })
    this.trials = new SourceTrials((id, typed) => this.context(id, typed))
    this.committer = new Committer(store, () => this.registry.takeCreated(), {
      snapshot: (unit) => this.dueSnapshot(unit),
      outbox: (unit) => this.outputs.entries(unit),
      committed: (unit, tookMs) => this.onCommitted(unit, tookMs),
      trouble: hooks.trouble,
    })
  }

  private createRetention(): RetentionTimer {
    const { store } = this
    return new RetentionTimer({
      store,
      plan: () => retentionPlan(this.workspace, this.series(), (source) => this.newestEvent(source), Date.now()),
      removed: ({ samples, results }) => {
        this.storedSamples -= samples
        this.storedWindows -= results
      },
      trouble: this.hooks.trouble,
    })
  }

  private createRepairs(): Repairs {
    return new Repairs({
      store: this.store,
      registry: this.registry,
      pipeline: (id) => this.pipelines.node(id)?.config,
      watermark: (id, key) => this.pipelines.node(id)?.windows.watermarkOf(key) ?? -Infinity,
      storedAfter: (source) => this.memoryOnly.storedAfter(source),
      repaired: (results) => {
        this.committer.pending.results.push(...results)
        this.alerting.fired(...results)
        void this.committer.added()
      },
    })
  }

  private createAlerting(desktop: boolean): Alerting {
    const { store } = this
    return new Alerting({
      store,
      registry: this.registry,
      desktop,
      add: (entry) => {
        this.committer.pending.alerts.push(entry)
        void this.committer.added()
      },
    })
  }

  /** Opens the file, recovers, starts the enabled sources. @throws StoreError */
  static async start(options: RuntimeOptions): Promise<Runtime> {
    const { workspace, secrets, hooks, tuning = USUAL } = options
    const { compactionThread: thread } = options
    const limits = { ...COMPACTION, pass: tuning.passSamples, ...(thread === undefined ? {} : { thread }) }
    const { store, movedAside } = await SqliteStore.open(options.databasePath, limits, tuning.onStep)
    try {
      const runtime = new Runtime(store, movedAside, workspace, secrets, hooks, tuning, options.desktop ?? false)
      await runtime.recover()
      await runtime.outputs.define(workspace)
      for (const source of workspace.sources) await runtime.sources.start(source)
      runtime.timer = setInterval(() => runtime.tick(), TICK_MS)
      runtime.salvage()
      void store.check().catch(hooks.trouble)
      return runtime
    } catch (error) {
      await store.close()
      throw error
    }
  }

  private async recover(): Promise<void> {
    const resume = await this.store.resume()
    this.registry.load(resume.series)
    this.storedSamples = resume.storedSamples
    this.storedWindows = resume.storedWindows
    this.committer.seq = resume.lastSeq
    await this.pipelines.define(this.workspace, this.store)
    const build = (only?: string) => {
      for (const { id } of this.workspace.sources) {
        if (only !== undefined && id !== only) continue
        this.pipelines.drop(id)
        this.pipelines.rebuild(id, this.workspace)
      }
    }
    build()
    this.memoryOnly.load(resume.memoryOnly)
    this.alerting.define(this.workspace)
    const { pipelines, registry, repairs, alerting } = this
    const recovered = await recover(this.store, resume, pipelines, registry, repairs, build, alerting)
    for (const { id, source } of resume.series) {
      const time = this.registry.lastTime[id] ?? NaN
      if (!Number.isNaN(time)) this.noteNewest(source, time)
    }
    this.countedFrom = recovered.countedFrom
    for (const { source, newest } of resume.memoryOnly) if (newest > -Infinity) this.noteNewest(source, newest)
    this.sources.load(recovered.late)
    await this.memoryOnly.adjust(this.workspace)
    // The end came between a change of the workspace and what follows from it.
    const again = resume.memoryOnly.filter(({ source, state }) => state !== null && !this.memoryOnly.has(source))
    await this.storeAgain(again.map(({ source }) => source))
  }

  /** Windows of these sources go into a snapshot before their own state goes. */
  private async storeAgain(sources: readonly string[]): Promise<void> {
    if (sources.length === 0) return
    await this.checkpoint()
    for (const source of sources) await this.memoryOnly.finish(source).catch(this.hooks.trouble)
  }

  // ---- sources

  get runners(): ReadonlyMap<string, SourceRunner> {
    return this.sources.runners
  }

  /** @param typed secrets that stand for those not saved yet */
  private context(id: string, typed: Secrets = {}): SourceContext {
    return { id, secrets: { ...this.secrets.get(id), ...typed }, installation: this.installation }
  }

  /** Takes over a changed workspace: only sources that differ, or whose pipelines do, are started anew. */
  async apply(next: Workspace): Promise<void> {
    const before = this.workspace
    this.workspace = next
    const { store, sources, pipelines, alerting, outputs, repairs, memoryOnly, retention } = this
    const parts = { store, sources, pipelines, alerting, outputs, repairs, memoryOnly, retention }
    const checkpoint = (): Promise<void> => this.checkpoint()
    const storeAgain = (ids: readonly string[]): Promise<void> => this.storeAgain(ids)
    await applyWorkspace({ ...parts, checkpoint, storeAgain }, before, next)
  }

  private async flush(): Promise<void> {
    await this.committer.flush()
    await this.memoryOnly.flush()
  }

  private async checkpoint(): Promise<void> {
    this.pace.hurry()
    await this.committer.checkpoint()
    await this.memoryOnly.checkpoint()
    await this.countStored()
  }

  private async countStored(): Promise<void> {
    const { storedSamples, storedWindows } = await this.store.resume()
    this.storedSamples = storedSamples
    this.storedWindows = storedWindows
  }

  /** New secrets take effect at once. */
  async restartSource(id: string): Promise<void> {
    const config = byId(this.workspace.sources, id)
    if (config === undefined) return
    await this.sources.stop(id)
    await this.sources.start(config)
  }

  importTarget(): ImportTarget {
    const memoryOnly = (source: string): boolean => this.memoryOnly.has(source)
    const noteNewest = (source: string, time: EpochMs): void => this.noteNewest(source, time)
    return liveImport(this.store, this.registry, this.committer, memoryOnly, noteNewest)
  }

  // ---- for charts

  /** Journal sequence of the last commit. */
  get storedSeq(): number {
    return this.committer.seq
  }

  /** Newest event time of a source, also of the past that is only in the file. */
  newestEvent(source: string): EpochMs | null {
    return this.newest.get(source) ?? null
  }

  /** The series that sources send; derived ones are keys of pipelines. */
  series(): readonly SeriesInfo[] {
    return this.registry.received
  }

  // ---- time and commits

  private tick(): void {
    const now = performance.now()
    const stalled = now - this.lastTick > TICK_MS + STALL_MS
    this.lastTick = now
    for (const runner of this.runners.values()) {
      if (stalled) runner.stalled()
      runner.tick(now)
    }
    this.alerting.tick()
    this.repairs.run(now)
    this.retention.tick(now)
    void this.store
      .checkRoom(sizeBytes(this.workspace.retention.minimumFree) ?? 0)
      .then((bytes) => (this.freeBytes = bytes))
  }

  /** In the background: what comes now is stored meanwhile. */
  private salvage(): void {
    if (this.store.salvaged === null) return
    void this.store
      .salvage()
      .then(() => this.countStored())
      .catch(this.hooks.trouble)
  }

  private dueSnapshot(unit: PendingUnit): Uint8Array | null {
    this.repairs.sealCommit()
    if (!this.pace.isDue && !this.stopping) return null
    this.pace.taken()
    const stored = (source: string): boolean => !this.memoryOnly.has(source)
    return encodeSnapshot({
      operators: this.pipelines.snapshot(stored),
      last: this.registry.lastSamples(unit.samples, stored),
      late: this.sources.late,
      repairs: this.repairs.pending,
      alerts: this.alerting.snapshot(),
    })
  }

  private onCommitted(unit: PendingUnit, tookMs: DurationMs): void {
    this.repairs.committed()
    this.storedSamples += unit.samples.length
    this.pace.committed(unit.samples.length)
    this.sources.count(unit.runs, 'stored')
    this.tell(unit, tookMs, true)
  }

  private tell(unit: PendingUnit, tookMs: DurationMs, stored: boolean): void {
    const { samples, results, series, alerts } = unit
    this.outputs.committed(unit.outbox)
    for (const result of results) {
      if (result.revision === 0) this.storedWindows += 1
      this.counts.fired(result)
    }
    this.commitDurations.push(tookMs)
    if (this.commitDurations.length > 64) this.commitDurations.shift()
    this.registry.note(samples)
    for (const [id, { lastEvent }] of this.runners) if (lastEvent !== null) this.noteNewest(id, lastEvent)
    this.hooks.committed({ seq: this.committer.seq, samples, results, series, alerts: [...alerts], stored })
  }

  private noteNewest(source: string, time: EpochMs): void {
    if (time > (this.newest.get(source) ?? -Infinity)) this.newest.set(source, time)
  }

  /** Stops the sources, commits and acknowledges what they sent, writes a last snapshot, closes the file. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()))
    await this.repairs.stop()
    this.stopping = true
    await this.committer.stop()
    await this.memoryOnly.stop()
    await this.outputs.stop()
    await this.store.close()
  }
}
