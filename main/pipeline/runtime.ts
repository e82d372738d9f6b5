/** The running whole: store, sources, windows, commits. The engine process and the command line drive it. */
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { RangeQuery, RawRecord, RejectedEntry, Secrets, Store } from '../contracts'
import type { Pipeline } from '../../shared/config/pipeline'
import { sizeBytes } from '../../shared/config/retention'
import type { SourceConfig, Workspace } from '../../shared/config/workspace'
import type { Discovered, PipelinePreview, RejectedRecord, TestReport } from '../../shared/ipc/engine'
import type { WindowResult } from '../../shared/model/results'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { SqliteStore } from '../store/sqlite-store'
import { COMPACTION } from '../store/compaction/compactor'
import { Committer } from './committer'
import type { PendingUnit } from './committer'
import { liveImport } from './import-target'
import type { ImportTarget } from './import-target'
import { createDecoder, createSource, discover, testSource } from './kinds'
import { PipelineCounts } from './pipeline-counts'
import { PipelineResults } from './pipeline-results'
import { PipelineSet, runningDefinitions } from './pipeline-set'
import { previewPipeline } from './preview'
import { recover } from './recovery'
import { Repairs } from './repair'
import { retentionPlan } from './retention-plan'
import { SeriesRegistry } from './series-registry'
import { encodeSnapshot } from './snapshot'
import { rejectedRecord, SourceRunner } from './source-runner'
import { USUAL } from './tuning'
import type { RuntimeTuning } from './tuning'

const SNAPSHOT_EVERY_MS = 10_000
const TICK_MS = 1000
const RETENTION_EVERY_MS = 600_000
/** A tick this much too late means that the process or the machine stood still. */
const STALL_MS = 1000

/** What a commit made durable. `samples` and `results` are used again: copy what is needed later. */
export interface CommittedUnit {
  readonly seq: number
  readonly samples: SampleBatch
  readonly results: readonly WindowResult[]
  readonly series: readonly SeriesInfo[]
}

export interface RuntimeHooks {
  committed(unit: CommittedUnit): void
  /** A commit failed and is tried again (`error`), or works again (null). */
  trouble(error: unknown): void
}

export interface RuntimeOptions {
  readonly databasePath: string
  readonly workspace: Workspace
  /** By source id, then field name. */
  readonly secrets: ReadonlyMap<string, Secrets>
  readonly hooks: RuntimeHooks
  readonly tuning?: RuntimeTuning
}

export class Runtime {
  readonly registry = new SeriesRegistry()
  readonly runners = new Map<string, SourceRunner>()
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
  private readonly repairs: Repairs
  private readonly newest = new Map<string, EpochMs>()
  private readonly lateBefore = new Map<string, number>()
  private readonly installation: string
  private timer: NodeJS.Timeout | undefined
  private lastTick = performance.now()
  private lastSnapshot = performance.now()
  private samplesSinceSnapshot = 0
  private stopping = false
  private nextRetention = -Infinity

  private constructor(
    readonly store: Store,
    readonly movedAside: string | null,
    private workspace: Workspace,
    private readonly secrets: ReadonlyMap<string, Secrets>,
    private readonly hooks: RuntimeHooks,
    private readonly snapshotSamples: number,
  ) {
    this.installation = createHash('sha256').update(`${hostname()}\0${store.file}`).digest('hex').slice(0, 8)
    this.results = new PipelineResults({
      store,
      registry: this.registry,
      pipelines: this.pipelines,
      workspace: () => this.workspace,
    })
    this.repairs = new Repairs({
      store,
      registry: this.registry,
      pipeline: (id) => this.pipelines.node(id)?.config,
      watermark: (id, key) => this.pipelines.node(id)?.windows.watermarkOf(key) ?? -Infinity,
      repaired: (results) => {
        this.committer.pending.results.push(...results)
        void this.committer.added()
      },
    })
    this.committer = new Committer(store, () => this.registry.takeCreated(), {
      snapshot: (unit) => this.dueSnapshot(unit),
      committed: (unit, tookMs) => this.onCommitted(unit, tookMs),
      trouble: hooks.trouble,
    })
  }

  /** Opens the file, recovers, starts the enabled sources. @throws StoreError */
  static async start(options: RuntimeOptions): Promise<Runtime> {
    const { workspace, secrets, hooks, tuning = USUAL } = options
    const limits = { ...COMPACTION, pass: tuning.passSamples }
    const { store, movedAside } = await SqliteStore.open(options.databasePath, limits, tuning.onStep)
    try {
      const runtime = new Runtime(store, movedAside, workspace, secrets, hooks, tuning.snapshotSamples)
      await runtime.recover()
      for (const source of workspace.sources) await runtime.startSource(source)
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
    const build = () => {
      for (const { id } of this.workspace.sources) {
        this.pipelines.drop(id)
        this.pipelines.rebuild(id, this.workspace)
      }
    }
    build()
    const recovered = await recover(this.store, resume, this.pipelines, this.registry, this.repairs, build)
    for (const { id, source } of resume.series) {
      const time = this.registry.lastTime[id] ?? NaN
      if (!Number.isNaN(time)) this.noteNewest(source, time)
    }
    this.countedFrom = recovered.countedFrom
    for (const [source, late] of recovered.late) this.lateBefore.set(source, late)
  }

  // ---- sources

  private async startSource(config: SourceConfig): Promise<void> {
    if (!config.enabled) return
    const source = createSource(config, this.context(config.id))
    const pipelines = this.pipelines.of(config.id) ?? this.pipelines.rebuild(config.id, this.workspace)
    const missed = this.repairs.missed.bind(this.repairs)
    const runner = new SourceRunner(
      {
        config,
        source,
        decoder: createDecoder(config),
        pipelines,
        late: (id) => this.counts.late(id),
        missed,
        watch: (records) => this.watchers.get(config.id)?.(records),
      },
      this.registry,
      this.committer,
    )
    runner.late = this.lateBefore.get(config.id) ?? 0
    this.runners.set(config.id, runner)
    runner.start(await this.store.cursors(config.id), await this.store.inflight(config.id))
  }

  private async stopSource(id: string): Promise<void> {
    const runner = this.runners.get(id)
    if (runner === undefined) return
    await runner.stop()
    await this.committer.flush()
    this.lateBefore.set(id, runner.late)
    this.runners.delete(id)
  }

  private context(id: string, secrets = this.secrets.get(id) ?? {}) {
    return { id, secrets, installation: this.installation }
  }

  /** Takes over a changed workspace: only sources that differ, or whose pipelines do, are started anew. */
  async apply(next: Workspace): Promise<void> {
    const before = this.workspace
    this.workspace = next
    if (!equal(before.retention, next.retention)) this.nextRetention = -Infinity
    const ids = new Set([...before.sources, ...next.sources].map(({ id }) => id))
    const repiped = [...ids].filter(
      (id) => runningDefinitions(id, before.pipelines) !== runningDefinitions(id, next.pipelines),
    )
    const changed = [...ids].filter(
      (id) => repiped.includes(id) || !equal(byId(before.sources, id), byId(next.sources, id)),
    )
    for (const id of changed) await this.stopSource(id)
    await this.pipelines.define(next, this.store)
    for (const { id } of before.pipelines)
      if (!equal(byId(before.pipelines, id), byId(next.pipelines, id))) this.repairs.forget(id)
    for (const id of changed)
      if (byId(next.sources, id) === undefined) this.pipelines.drop(id)
      else if (repiped.includes(id)) this.pipelines.rebuild(id, next)
    // A pipeline begins with what comes from now on; recovery must not feed it what came before.
    if (repiped.length > 0) await this.checkpoint()
    for (const source of next.sources) if (changed.includes(source.id)) await this.startSource(source)
  }

  private async checkpoint(): Promise<void> {
    this.lastSnapshot = -Infinity
    await this.committer.checkpoint()
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
    await this.stopSource(id)
    await this.startSource(config)
  }

  /** The source must be out of the workspace, so that nothing of it runs. */
  async erase(id: string): Promise<void> {
    for (const { config } of this.pipelines.of(id)?.nodes ?? []) this.repairs.forget(config.id)
    await this.committer.flush()
    await this.store.eraseSource(id)
    this.registry.forget(id)
    this.lateBefore.delete(id)
    // Snapshots held windows of the source and are gone.
    await this.checkpoint()
  }

  test(config: SourceConfig, secrets: Secrets): Promise<TestReport> {
    return testSource(config, this.context(config.id, { ...this.secrets.get(config.id), ...secrets }))
  }

  async discover(config: SourceConfig, secrets: Secrets, listenMs: number, enough: AbortSignal): Promise<Discovered[]> {
    const context = this.context(config.id, { ...this.secrets.get(config.id), ...secrets })
    return discover(config, context, listenMs, enough)
  }

  async rejected(source: string): Promise<RejectedRecord[]> {
    const entries: readonly RejectedEntry[] = await this.store.rejected(source, 200)
    return entries.map(rejectedRecord)
  }

  importTarget(): ImportTarget {
    return liveImport(this.store, this.registry, this.committer, (source, time) => this.noteNewest(source, time))
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

  /** @throws Error where the pipeline's chain does not lead to a source */
  preview(pipeline: Pipeline, span: DurationMs, statistic: string): Promise<PipelinePreview> {
    const others = this.workspace.pipelines.filter(({ id }) => id !== pipeline.id)
    const context = {
      store: this.store,
      registry: this.registry,
      newestEvent: (source: string) => this.newestEvent(source),
      isFinished: (source: string) => this.runners.get(source)?.current.state === 'finished',
    }
    return previewPipeline(context, { pipeline, pipelines: [...others, pipeline], span, statistic })
  }

  /** Removes the results of pipelines that no longer run. */
  async erasePipelines(ids: readonly string[]): Promise<void> {
    await this.committer.flush()
    for (const id of ids) {
      this.repairs.forget(id)
      await this.store.erasePipeline(id)
    }
    await this.countStored()
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
    this.repairs.run(now)
    if (now >= this.nextRetention) this.retain()
    void this.store
      .checkRoom(sizeBytes(this.workspace.retention.minimumFree) ?? 0)
      .then((bytes) => (this.freeBytes = bytes))
  }

  /** In the background; what fails, such as on a full disk, is tried again the next time. */
  private retain(): void {
    this.nextRetention = Infinity
    const plan = retentionPlan(this.workspace, this.series(), (source) => this.newestEvent(source), Date.now())
    void this.store
      .retain(plan)
      .then(({ samples, results }) => {
        this.storedSamples -= samples
        this.storedWindows -= results
      })
      .catch(this.hooks.trouble)
      .finally(() => (this.nextRetention = performance.now() + RETENTION_EVERY_MS))
  }

  /** For good. The series stay: their sources may send more. */
  async eraseSamples(query: RangeQuery): Promise<void> {
    await this.committer.flush()
    await this.store.eraseSamples(query)
    this.registry.forgetLast(query)
    // Snapshots held windows of the series and are gone.
    await this.checkpoint()
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
    const due =
      performance.now() - this.lastSnapshot >= SNAPSHOT_EVERY_MS || this.samplesSinceSnapshot >= this.snapshotSamples
    if (!due && !this.stopping) return null
    this.lastSnapshot = performance.now()
    this.samplesSinceSnapshot = 0
    return encodeSnapshot({
      operators: this.pipelines.snapshot(),
      last: this.registry.lastSamples(unit.samples),
      late: Object.fromEntries([...this.lateBefore, ...[...this.runners].map(([id, { late }]) => [id, late] as const)]),
      repairs: this.repairs.pending,
    })
  }

  private onCommitted(unit: PendingUnit, tookMs: DurationMs): void {
    this.repairs.committed()
    this.storedSamples += unit.samples.length
    this.samplesSinceSnapshot += unit.samples.length
    for (const result of unit.results) {
      if (result.revision === 0) this.storedWindows += 1
      this.counts.fired(result)
    }
    for (const run of unit.runs) {
      const runner = this.runners.get(run.source)
      if (runner !== undefined) runner.ledger.stored += run.length
    }
    this.commitDurations.push(tookMs)
    if (this.commitDurations.length > 64) this.commitDurations.shift()
    this.registry.note(unit.samples)
    for (const [id, { lastEvent }] of this.runners) if (lastEvent !== null) this.noteNewest(id, lastEvent)
    this.hooks.committed({ seq: this.committer.seq, samples: unit.samples, results: unit.results, series: unit.series })
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
    await this.store.close()
  }
}

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function byId<T extends { readonly id: string }>(list: readonly T[], id: string): T | undefined {
  return list.find((entry) => entry.id === id)
}
