/** Results of pipelines as Explore shows them: which statistic, in which unit, in what state. Pure. */
import type { Pipeline } from '../../../shared/config/pipeline'
import type { SeriesFrame } from '../../../shared/ipc/engine'
import type { SeriesInfo } from '../../../shared/model/series'
import type { EpochMs } from '../../../shared/model/time'
import { formatElapsed } from '../../state/format'
import type { ResultTick } from '../../state/navigation.svelte'
import { NOT_LIVE, seriesCondition } from '../../state/sourceState'
import type { SeriesCircumstances, SeriesCondition } from '../../state/sourceState'
import { pipelineState } from '../pipelines/pipelineState'

export interface ShownResult {
  readonly pipeline: Pipeline
  readonly info: SeriesInfo
  /** One that the pipeline has now. */
  readonly statistic: string
}

/** Ticks whose pipeline is still there; a statistic that it has lost gives way to its usual one. */
export function shownResults(ticks: readonly ResultTick[], pipelines: readonly Pipeline[]): ShownResult[] {
  const byId = new Map(pipelines.map((pipeline) => [pipeline.id, pipeline]))
  return ticks.flatMap(({ pipeline: id, info, statistic }) => {
    const pipeline = byId.get(id)
    if (!pipeline) return []
    const kept = statistic !== null && pipeline.aggregates.includes(statistic)
    return [{ pipeline, info, statistic: kept ? statistic : usualStatistic(pipeline) }]
  })
}

export function usualStatistic({ aggregates }: Pipeline): string {
  return aggregates.includes('mean') ? 'mean' : (aggregates[0] ?? 'mean')
}

/** The unit of a statistic of values that have this unit; empty where it has none. */
export function statisticUnit(statistic: string, unit: string | undefined): string {
  if (statistic === 'count' || statistic === 'distinct' || statistic === 'missing' || !unit) return ''
  const whole = /^[\p{L}%°]+$/u.test(unit) ? unit : `(${unit})`
  if (statistic === 'varSamp' || statistic === 'varPop') return `${whole}²`
  if (statistic === 'rate' || statistic === 'slope') return `${whole}/s`
  return statistic === 'integral' ? `${whole}·s` : unit
}

/** A result is stale where its pipeline does not run, its source is not live, or its key has no new windows. */
export function resultCondition(
  frame: SeriesFrame | undefined,
  { pipeline, all, to, ...circumstances }: ResultCircumstances,
): SeriesCondition {
  const { paused, engineLive } = circumstances
  const known = frame !== undefined && frame.last !== null
  const { tone, key } = pipelineState(pipeline, all)
  if (!paused && !engineLive) return { ...NOT_LIVE, value: known ? 'old' : 'none' }
  if (!paused && key !== 'pipelines.on') return { tone, key, value: known ? 'old' : 'none' }
  const of = seriesCondition(frame && { ...frame, stale: false }, circumstances)
  const silent = of.value === 'live' && !paused && frame?.stale === true && circumstances.source?.state === 'live'
  if (!silent || !frame.last) return of
  const time = formatElapsed(Math.max(0, to - frame.last.time))
  return { tone: 'mute', key: 'state.silent', params: { time }, value: 'old' }
}

interface ResultCircumstances extends SeriesCircumstances {
  readonly pipeline: Pipeline
  readonly all: readonly Pipeline[]
  /** The end of what is shown. */
  readonly to: EpochMs
}
