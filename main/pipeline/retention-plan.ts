/** What the workspace's retention means now: which series lose what. Pure. */
import type { AgeLimit, RetentionPlan, SizeLimit } from '../contracts'
import { ageMs, sizeBytes } from '../../shared/config/retention'
import type { RetentionRule } from '../../shared/config/retention'
import { rootSource } from '../../shared/config/workspace'
import type { SourceConfig, Workspace } from '../../shared/config/workspace'
import { compileSelection } from '../../shared/model/pattern'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'

const MINUTE = 60_000
const DAY = 86_400_000
/** Limits move in steps, so that a chunk is cut once in a step: a thirtieth of the age, a day at most. */
const STEPS = 30

/**
 * A reading's age is counted from the newest one of its source, or from now where that is in the future: what is read
 * from old recordings, and what a source sent before it fell silent, is not old because time went by; and a clock that
 * jumps ahead removes nothing.
 */
export function retentionPlan(
  workspace: Workspace,
  series: readonly SeriesInfo[],
  newestOf: (source: string) => EpochMs | null,
  now: EpochMs,
): RetentionPlan {
  const { retention } = workspace
  const before = (source: string, age: string): EpochMs | null => {
    const newest = newestOf(source)
    const ms = ageMs(age)
    return newest === null || ms === null ? null : stepped(Math.min(newest, now) - ms, ms)
  }
  const chosen = retention.rules.map(() => [] as SeriesId[])
  const ages = new Map<string, { series: SeriesId[]; raw: EpochMs | null; trends: EpochMs | null }>()
  const holds = retention.rules.map(ruleTest)
  for (const info of series) {
    const at = holds.findIndex((test) => test(info))
    chosen[at]?.push(info.id)
    const kept = isRecording(workspace.sources.find(({ id }) => id === info.source)) ? 'forever' : null
    const raw = retention.rules[at]?.raw ?? kept ?? retention.raw
    const trends = kept ?? retention.trends
    const limit = ages.get(`${info.source} ${raw}`) ?? {
      series: [],
      raw: before(info.source, raw),
      trends: before(info.source, trends),
    }
    limit.series.push(info.id)
    ages.set(`${info.source} ${raw}`, limit)
  }
  return {
    ages: [...ages.values()].filter(
      (limit): limit is AgeLimit & { series: SeriesId[] } => limit.raw !== null || limit.trends !== null,
    ),
    sizes: sizeLimits(workspace, chosen),
    results: workspace.pipelines.flatMap((pipeline) => {
      const source = rootSource(pipeline, workspace.pipelines)
      const recording = isRecording(workspace.sources.find(({ id }) => id === source))
      const limit = source === undefined || recording ? null : before(source, retention.results)
      return limit === null ? [] : [{ pipeline: pipeline.id, before: limit }]
    }),
  }
}

const stepped = (time: EpochMs, age: DurationMs): EpochMs => {
  const step = Math.min(DAY, Math.max(MINUTE, age / STEPS))
  return Math.floor(time / step) * step
}

function sizeLimits({ retention }: Workspace, chosen: readonly (readonly SeriesId[])[]): SizeLimit[] {
  const limits: SizeLimit[] = []
  const all = sizeBytes(retention.size)
  retention.rules.forEach(({ size }, i) => {
    const bytes = size === undefined ? null : sizeBytes(size)
    const series = chosen[i] ?? []
    if (bytes !== null && series.length > 0) limits.push({ series, bytes })
  })
  if (all !== null) limits.push({ series: null, bytes: all })
  return limits
}

function ruleTest({ source, series }: RetentionRule): (info: SeriesInfo) => boolean {
  const matches = compileSelection(series === undefined ? [] : [series])
  return (info) => (source === undefined || info.source === source) && matches(info)
}

/** A file that was opened: it has ages of its own only by a rule. */
const isRecording = (source: SourceConfig | undefined): boolean => source?.connection.kind === 'file'
