/** The engine: the workspace, the runtime and what windows may ask of them. Runs in any Node process. */
import { WorkspaceError, openWorkspace, readWorkspace, writeWorkspace } from './workspace-file'
import { exportAlertHistory } from './export/alert-history'
import { exportRejected } from './export/rejected'
import { Analyses } from '../pipeline/analyses'
import { AlertDesk } from './alerts'
import { withEnabled, withEntry } from './entries'
import { OutputDesk, withoutGone } from './outputs'
import { runExport } from './export/run'
import { runImport } from './import/run'
import { Jobs } from './jobs'
import { checkPipeline, refuseProblems, withoutPipeline, withPipeline } from './pipelines'
import { StatusMeter } from './status'
import { LOCKED, damageNotices, startNotices } from './store-notices'
import { Tails } from './tails'
import { ViewSet } from './views'
import { durationMs } from '../../shared/config/duration'
import { pipeline as pipelineSchema } from '../../shared/config/pipeline'
import type { AlertRule } from '../../shared/config/alert'
import type { Pipeline } from '../../shared/config/pipeline'
import type { RangeQuery } from '../contracts'
import { outputSecrets } from '../../shared/config/output'
import type { Retention } from '../../shared/config/retention'
import { rootSource, workspace as workspaceSchema } from '../../shared/config/workspace'
import type { SourceConfig, Workspace } from '../../shared/config/workspace'
import type { EngineEvents, EngineStatus, Notice, PipelinePreview, PipelineProblem } from '../../shared/ipc/engine'
import type { ExportQuery } from '../../shared/ipc/export'
import { defaultPipelineId } from '../pipeline/definition'
import { DEMO_RULES, DEMO_SOURCE, DEMO_WINDOW, isDemoRule } from '../pipeline/demo'
import { DERIVED_SOURCE } from '../../shared/model/series'
import { Runtime } from '../pipeline/runtime'
import type { RuntimeTuning } from '../pipeline/tuning'

export type Secrets = Readonly<Record<string, string>>

export interface EngineOptions {
  readonly workspacePath: string
  readonly databasePath: string
  readonly secrets: Readonly<Record<string, Secrets>>
  /** What to do with a broken workspace file: keep it aside and start empty, or fail. */
  readonly brokenWorkspace: 'keep-aside' | 'fail'
  readonly tuning?: RuntimeTuning
  /** Somebody shows notifications, and says so. */
  readonly desktop?: boolean
  /** The built program of the thread that moves samples into chunks; without one the engine's thread does. */
  readonly compactionThread?: string
  /** The built thread that analyses ranges; without it they are analysed in place. */
  readonly analysisThread?: string
}

export type EventListener = <E extends keyof EngineEvents>(event: E, data: EngineEvents[E]) => void

const STATUS_EVERY_MS = 1000

export class Engine {
  readonly views: ViewSet
  readonly tails: Tails
  private readonly listeners = new Set<EventListener>()
  private readonly meter: StatusMeter
  readonly alerts: AlertDesk
  readonly outputs: OutputDesk
  readonly analyses: Analyses
  private readonly notices = new Map<string, Notice>()
  readonly exports = new Jobs()
  readonly imports = new Jobs()
  private timer: NodeJS.Timeout | undefined
  /** Changes of the workspace happen one after the other. */
  private changes: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly options: EngineOptions,
    readonly runtime: Runtime,
    private workspace: Workspace,
    private readonly secrets: Map<string, Secrets>,
  ) {
    this.meter = new StatusMeter(runtime)
    this.alerts = new AlertDesk(
      runtime,
      () => this.workspace,
      (event, data) => this.emit(event, data),
    )
    this.outputs = new OutputDesk((task) =>
      this.change(async (before) => {
        const [next, value] = task(before)
        await this.replace(next)
        return value
      }),
    )
    this.views = new ViewSet(runtime)
    this.tails = new Tails(runtime)
    this.analyses = new Analyses(runtime, options.analysisThread)
  }

  /** @throws WorkspaceError, StoreError */
  static async start(options: EngineOptions): Promise<Engine> {
    const opened =
      options.brokenWorkspace === 'keep-aside'
        ? await openWorkspace(options.workspacePath)
        : { workspace: await required(options.workspacePath), broken: null }
    const secrets = new Map(Object.entries(options.secrets))
    // The runtime reports before there is an engine to report to.
    const started: { engine?: Engine } = {}
    const runtime = await Runtime.start({
      databasePath: options.databasePath,
      workspace: opened.workspace,
      secrets,
      desktop: options.desktop ?? false,
      ...(options.tuning === undefined ? {} : { tuning: options.tuning }),
      ...(options.compactionThread === undefined ? {} : { compactionThread: options.compactionThread }),
      hooks: {
        committed: (unit) => {
          started.engine?.views.committed(unit)
          started.engine?.alerts.committed(unit.alerts)
          const received = unit.series.filter(({ source }) => source !== DERIVED_SOURCE)
          if (received.length > 0) started.engine?.emit('series', { reset: false, series: received })
        },
        trouble: (error) => started.engine?.reportTrouble(error),
      },
    })
    const engine = (started.engine = new Engine(options, runtime, opened.workspace, secrets))
    if (opened.broken !== null)
      engine.notice({
        id: 'workspace-broken',
        severity: 'warn',
        text: 'notice.workspaceBroken',
        params: { file: opened.broken.keptAs, reason: opened.broken.reason },
      })
    for (const notice of startNotices(runtime)) engine.notice(notice)
    await engine.alerts.load()
    engine.timer = setInterval(() => engine.second(), STATUS_EVERY_MS)
    return engine
  }

  // ---- events

  listen(listener: EventListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private emit: EventListener = (event, data) => {
    for (const listener of this.listeners) listener(event, data)
  }

  private second(): void {
    this.meter.sample()
    this.alerts.second()
    for (const notice of damageNotices(this.runtime.store)) this.notice(notice)
    if (this.runtime.store.locked) this.notice(LOCKED)
    else this.notices.delete(LOCKED.id)
    void this.status().then((status) => this.emit('status', status))
  }

  private notice(notice: Notice): void {
    this.notices.set(notice.id, notice)
  }

  private reportTrouble(error: unknown): void {
    if (error === null) this.notices.delete('commit')
    else
      this.notice({
        id: 'commit',
        severity: 'crit',
        text: troubleText(error),
        params: { reason: error instanceof Error ? error.message : String(error) },
      })
  }

  dismissNotice(id: string): void {
    this.notices.delete(id)
  }

  async status(): Promise<EngineStatus> {
    const fileBytes = await this.runtime.store.fileBytes()
    return this.meter.status(this.workspace, [...this.notices.values()], fileBytes, this.alerts.counts)
  }

  // ---- workspace

  currentWorkspace(): Workspace {
    return this.workspace
  }

  /** Creates or replaces a source and its default pipeline. */
  saveSource(source: SourceConfig, windowSize: string): Promise<SourceConfig> {
    return this.change(async (before) => {
      const previous = before.pipelines.find((pipeline) => pipeline.id === defaultPipelineId(source.id))
      const sources = withEntry(before.sources, source)
      await this.replace(withPipeline({ ...before, sources }, defaultPipeline(source, windowSize, previous)))
      return source
    })
  }

  /** The demo with rules of its own. */
  async startDemo(): Promise<SourceConfig> {
    await this.change((before) =>
      this.replace({ ...before, alerts: [...before.alerts.filter((rule) => !isDemoRule(rule)), ...DEMO_RULES] }),
    )
    return this.saveSource(DEMO_SOURCE, DEMO_WINDOW)
  }

  async removeDemo(): Promise<null> {
    await this.removeSource(DEMO_SOURCE.id, true)
    await this.change((before) =>
      this.replace({ ...before, alerts: before.alerts.filter((rule) => !isDemoRule(rule)) }),
    )
    return null
  }

  removeSource(id: string, withData: boolean): Promise<null> {
    return this.change(async (before) => {
      const fed = before.pipelines.filter((pipeline) => rootSource(pipeline, before.pipelines) === id)
      await this.replace({
        ...before,
        sources: before.sources.filter((entry) => entry.id !== id),
        pipelines: before.pipelines.filter((pipeline) => !fed.includes(pipeline)),
      })
      if (withData) {
        await this.runtime.erasing.pipelines(fed.map((pipeline) => pipeline.id))
        await this.runtime.erasing.source(id)
        this.views.reset()
        this.emit('series', { reset: true, series: this.runtime.series() })
      }
      return null
    })
  }

  /** @param next null: to the end of the list. */
  moveSource(id: string, next: string | null): Promise<null> {
    return this.change(async (before) => {
      const moved = before.sources.find((entry) => entry.id === id)
      if (moved === undefined || id === next) return null
      const others = before.sources.filter((entry) => entry !== moved)
      const at = next === null ? -1 : others.findIndex((entry) => entry.id === next)
      const place = at < 0 ? others.length : at
      await this.replace({ ...before, sources: [...others.slice(0, place), moved, ...others.slice(place)] })
      return null
    })
  }

  setSourceEnabled(id: string, enabled: boolean): Promise<null> {
    return this.change(async (before) => {
      await this.replace({ ...before, sources: withEnabled(before.sources, id, enabled) })
      return null
    })
  }

  // ---- what is kept

  saveRetention(retention: Retention): Promise<null> {
    return this.change(async (before) => {
      await this.replace({ ...before, retention })
      return null
    })
  }

  eraseSamples(query: RangeQuery): Promise<null> {
    return this.change(async () => {
      await this.runtime.erasing.samples(query)
      this.views.reset()
      return null
    })
  }

  // ---- pipelines

  checkPipeline(pipeline: Pipeline): PipelineProblem[] {
    return checkPipeline(pipeline, this.workspace)
  }

  /** @throws PipelineError BAD_REQUEST with what is wrong. */
  savePipeline(pipeline: Pipeline): Promise<Pipeline> {
    return this.change(async (before) => {
      refuseProblems(checkPipeline(pipeline, before))
      await this.replace(withPipeline(before, pipeline))
      // Stored results may be gone, or have other statistics.
      this.views.reset()
      return pipeline
    })
  }

  /** @throws PipelineError BAD_REQUEST while another pipeline reads its results. */
  removePipeline(id: string, withData: boolean): Promise<null> {
    return this.change(async (before) => {
      await this.replace(withoutPipeline(before, id))
      if (withData) await this.runtime.erasing.pipelines([id])
      this.views.reset()
      return null
    })
  }

  /** @throws PipelineError BAD_REQUEST with what is wrong. */
  async previewPipeline(pipeline: Pipeline, span: number, statistic: string): Promise<PipelinePreview> {
    const unknown = { field: 'aggregates', message: `does not have ${statistic}` }
    refuseProblems([
      ...checkPipeline(pipeline, this.workspace),
      ...(pipeline.aggregates.includes(statistic) ? [] : [unknown]),
    ])
    return this.runtime.results.preview(pipeline, span, statistic)
  }

  // ---- alert rules

  saveAlertRule(rule: AlertRule): Promise<AlertRule> {
    return this.change(async (before) => {
      await this.replace({ ...before, alerts: withEntry(before.alerts, rule) })
      return rule
    })
  }

  removeAlertRule(id: string): Promise<null> {
    return this.change(async (before) => {
      await this.replace({ ...before, alerts: before.alerts.filter((entry) => entry.id !== id) })
      return null
    })
  }

  setAlertRuleEnabled(id: string, enabled: boolean): Promise<null> {
    return this.change(async (before) => {
      await this.replace({ ...before, alerts: withEnabled(before.alerts, id, enabled) })
      return null
    })
  }

  private change<T>(task: (before: Workspace) => Promise<T>): Promise<T> {
    const done = this.changes.then(() => task(this.workspace))
    this.changes = done.catch(() => undefined)
    return done
  }

  /** The file first: what runs is what a restart would run. */
  private async replace(next: Workspace): Promise<void> {
    const valid = workspaceSchema.parse(withoutGone(next))
    await writeWorkspace(this.options.workspacePath, valid)
    this.workspace = valid
    await this.runtime.apply(valid)
    this.emit('workspace', valid)
  }

  /** New secrets of a source or output; a connection that failed for want of them is tried anew. */
  async setSecrets(sourceId: string, secrets: Secrets): Promise<void> {
    this.secrets.set(sourceId, secrets)
    const output = this.workspace.outputs.find(({ id }) => outputSecrets(id) === sourceId)
    await this.change(() =>
      output === undefined ? this.runtime.restartSource(sourceId) : this.runtime.outputs.restart(output.id),
    )
  }

  // ---- export and import

  /** @returns the export's number; progress comes as events. */
  startExport(query: ExportQuery, path: string): number {
    return this.exports.start((job) => runExport(this.runtime, query, path, job, (now) => this.emit('export', now)))
  }

  /** @returns how many were written. @throws Error of the file system */
  exportRejected(source: string, path: string): Promise<number> {
    return exportRejected(this.runtime.rejectedRecords.all(source), path)
  }

  /** @param rule null: of all rules; @returns how many were written. @throws Error of the file system */
  exportAlerts(rule: string | null, path: string): Promise<number> {
    const { store, registry } = this.runtime
    return exportAlertHistory(store.alerts, (series) => registry.info(series), rule, path)
  }

  /** @returns the import's number; progress comes as events. */
  startImport(path: string): number {
    return this.imports.start((job) => runImport(this.runtime, path, job, (now) => this.emit('import', now)))
  }

  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.views.stop()
    this.tails.stop()
    await Promise.all([this.exports.stop(), this.imports.stop(), this.analyses.stop()])
    await this.changes
    await this.runtime.stop()
  }
}

/** Tumbling windows over each series of a source; what else the user set on it stays. */
function defaultPipeline(source: SourceConfig, windowSize: string, previous: Pipeline | undefined): Pipeline {
  durationMs(windowSize)
  const window = { kind: 'tumbling' as const, size: windowSize, offset: '0s' }
  if (previous !== undefined) return { ...previous, name: `${source.name} · ${windowSize}`, window }
  return pipelineSchema.parse({
    id: defaultPipelineId(source.id),
    name: `${source.name} · ${windowSize}`,
    source: source.id,
    window,
  })
}

async function required(path: string): Promise<Workspace> {
  const found = await readWorkspace(path)
  if (found === null) throw new WorkspaceError(`${path} is not there`)
  return found
}

function troubleText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'LOW_DISK') return 'notice.diskLow'
  if (code === 'SQLITE_BUSY') return LOCKED.text
  return code === 'SQLITE_FULL' ? 'notice.diskFull' : 'notice.commitFails'
}
