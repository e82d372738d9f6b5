/** Which screen is shown, and which dialog is open over it. */
import type { AnalysisKind } from '../../shared/ipc/analysis'
import type { SeriesInfo } from '../../shared/model/series'

export type Screen = 'dashboard' | 'explore' | 'alerts' | 'sources' | 'pipelines' | 'outputs' | 'data' | 'settings'
export type Overlay = 'palette' | 'shortcuts' | 'export' | 'open-file' | 'close-question' | 'remove-demo'

/** A key of a pipeline whose results are charted. */
export interface ResultTick {
  readonly pipeline: string
  /** Kept with the tick: derived keys are not among the series. */
  readonly info: SeriesInfo
  /** Null until one is chosen. */
  readonly statistic: string | null
}

export class Navigation {
  screen = $state<Screen>('dashboard')
  overlay = $state<Overlay | null>(null)
  /** The source whose dashboard is shown; null for the first one. */
  dashboardSource = $state<string | null>(null)
  /** The source open in the sources screen; `new` while one is being connected. */
  openSource = $state<string | 'new' | null>(null)
  /** The pipeline open in the pipelines screen; `new` while one is being made. */
  openPipeline = $state<string | 'new' | null>(null)
  /** The output open in the outputs screen; `new` while one is being made. */
  openOutput = $state<string | 'new' | null>(null)
  /** The alert rule open in the alerts screen; `new` while one is being made. */
  openRule = $state<string | 'new' | null>(null)
  /** What a new rule is to watch. */
  ruleFor = $state.raw<SeriesInfo | null>(null)
  /** Series ticked in Explore. */
  ticked = $state.raw<readonly number[]>([])
  /** What is shown under the chart of a series. */
  analyses = $state.raw<Readonly<Record<number, AnalysisKind>>>({})
  /** Keys of pipelines ticked in Explore. */
  tickedResults = $state.raw<readonly ResultTick[]>([])
  /** The user chose; nothing is ticked for them any more. */
  exploreTouched = $state(false)

  go(screen: Screen): void {
    this.screen = screen
    this.overlay = null
  }

  connectSource(): void {
    this.openSource = 'new'
    this.go('sources')
  }

  newPipeline(): void {
    this.openPipeline = 'new'
    this.go('pipelines')
  }

  newOutput(): void {
    this.openOutput = 'new'
    this.go('outputs')
  }

  newRule(series: SeriesInfo | null = null): void {
    this.ruleFor = series
    this.openRule = 'new'
    this.go('alerts')
  }

  showDashboard(source: string): void {
    this.dashboardSource = source
    this.go('dashboard')
  }

  tick(series: number, on = !this.ticked.includes(series)): void {
    this.exploreTouched = true
    this.ticked = on
      ? [...this.ticked.filter((id) => id !== series), series]
      : this.ticked.filter((id) => id !== series)
  }

  analyse(series: number, what: AnalysisKind | null): void {
    const { [series]: _before, ...others } = this.analyses
    this.analyses = what === null ? others : { ...others, [series]: what }
  }

  tickResult(pipeline: string, info: SeriesInfo, on: boolean): void {
    this.exploreTouched = true
    const others = this.tickedResults.filter((tick) => tick.pipeline !== pipeline || tick.info.id !== info.id)
    this.tickedResults = on ? [...others, { pipeline, info, statistic: null }] : others
  }

  chooseStatistic(pipeline: string, key: number, statistic: string): void {
    this.tickedResults = this.tickedResults.map((tick) =>
      tick.pipeline === pipeline && tick.info.id === key ? { ...tick, statistic } : tick,
    )
  }
}
