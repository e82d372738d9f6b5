/** What the window knows of the engine: its health, status, workspace and series. */
import type { DesktopApi, DesktopInfo, EngineHealth } from '../../shared/ipc/desktop'
import type { EngineStatus, Notice, SourceStatus } from '../../shared/ipc/engine'
import type { OutputStatus } from '../../shared/ipc/outputs'
import type { Pipeline } from '../../shared/config/pipeline'
import type { SourceConfig, Workspace } from '../../shared/config/workspace'
import type { SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { EngineConnection } from './connection.svelte'

export class Session {
  info = $state.raw<DesktopInfo | null>(null)
  health = $state.raw<EngineHealth>({ state: 'starting' })
  /** The engine died and runs again: said for a while, because it may be back before anyone has read the banner. */
  recovered = $state.raw<{ readonly reason: string; readonly at: EpochMs } | null>(null)
  status = $state.raw<EngineStatus | null>(null)
  workspace = $state.raw<Workspace | null>(null)
  series = $state.raw<readonly SeriesInfo[]>([])
  /** True once the engine has answered, or cannot. */
  loaded = $state(false)
  /** Wall clock, once a second. */
  now = $state<EpochMs>(Date.now())

  /** Notices of the application's start that were dismissed. */
  #dismissed = $state.raw<ReadonlySet<string>>(new Set())
  readonly notices = $derived<readonly Notice[]>([
    ...(this.info?.notices ?? []).filter((notice) => !this.#dismissed.has(notice.id)),
    ...(this.status?.notices ?? []),
  ])

  readonly seriesById = $derived(new Map(this.series.map((info) => [info.id, info])))
  readonly sources = $derived<readonly SourceConfig[]>(this.workspace?.sources ?? [])
  readonly sourceStatus = $derived(
    new Map<string, SourceStatus>((this.status?.sources ?? []).map((entry) => [entry.id, entry])),
  )
  readonly outputStatus = $derived(
    new Map<string, OutputStatus>((this.status?.outputs ?? []).map((entry) => [entry.id, entry])),
  )
  readonly seriesBySource = $derived(groupBySource(this.series))

  constructor(private readonly connection: EngineConnection) {}

  /** The engine runs and talks to this window. */
  get live(): boolean {
    return this.health.state === 'running' && this.connection.connected
  }

  start(desktop: DesktopApi, info: DesktopInfo | null): void {
    this.info = info
    if (info) this.#setHealth(info.engine)
    desktop.onEngineHealth((health) => this.#setHealth(health))
    this.connection.on('status', (status) => (this.status = status))
    this.connection.on('workspace', (workspace) => (this.workspace = workspace))
    this.connection.on(
      'series',
      ({ reset, series }) => (this.series = reset ? series : mergeSeries(this.series, series)),
    )
    this.connection.onOpen(() => void this.refetch())
    setInterval(() => (this.now = Date.now()), 1000)
    if (this.connection.connected) void this.refetch()
  }

  async refetch(): Promise<void> {
    const [status, workspace, series] = await Promise.all([
      this.connection.call('status', undefined),
      this.connection.call('workspace', undefined),
      this.connection.call('series', undefined),
    ])
    if (status.ok) this.status = status.value
    if (workspace.ok) this.workspace = workspace.value
    if (series.ok) this.series = series.value
    if (workspace.ok) this.loaded = true
  }

  dismissNotice(id: string): void {
    this.#dismissed = new Set([...this.#dismissed, id])
    if (this.status?.notices.some((notice) => notice.id === id)) void this.connection.call('dismissNotice', { id })
  }

  source(id: string): SourceConfig | undefined {
    return this.sources.find((entry) => entry.id === id)
  }

  /** Whose windows' mean is drawn over the series of a source. */
  meanPipelineOf(source: string): Pipeline | undefined {
    return this.workspace?.pipelines.find(
      (entry) => entry.source === source && entry.enabled && entry.aggregates.includes('mean'),
    )
  }

  /** The size of the windows whose mean is drawn over the series of a source; null without any. */
  windowOf(source: string): string | null {
    const pipeline = this.meanPipelineOf(source)
    return pipeline && 'size' in pipeline.window ? String(pipeline.window.size) : null
  }

  /** The largest event time received by these sources. */
  newestEvent(sources: Iterable<string>): EpochMs | null {
    let newest: EpochMs | null = null
    for (const id of sources) {
      const last = this.sourceStatus.get(id)?.lastEvent ?? null
      if (last !== null && (newest === null || last > newest)) newest = last
    }
    return newest
  }

  #setHealth(health: EngineHealth): void {
    if (this.health.state === 'restarting' && health.state !== 'restarting')
      this.recovered = { reason: this.health.reason, at: Date.now() }
    this.health = health
    if (health.state === 'stopped') this.loaded = true
    if (health.state === 'restarting' || health.state === 'stopped') this.connection.detach()
  }
}

function mergeSeries(old: readonly SeriesInfo[], changed: readonly SeriesInfo[]): readonly SeriesInfo[] {
  const all = new Map(old.map((info) => [info.id, info]))
  for (const info of changed) all.set(info.id, info)
  return [...all.values()]
}

function groupBySource(series: readonly SeriesInfo[]): Map<string, SeriesInfo[]> {
  const groups = new Map<string, SeriesInfo[]>()
  for (const info of series) {
    const group = groups.get(info.source)
    if (group) group.push(info)
    else groups.set(info.source, [info])
  }
  for (const group of groups.values()) group.sort((a, b) => a.id - b.id)
  return groups
}
