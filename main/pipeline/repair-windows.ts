/** Computes windows of a pipeline anew from the stored readings. */
import type { Damage, Store } from '../contracts'
import { durationMs } from '../../shared/config/duration'
import type { Pipeline } from '../../shared/config/pipeline'
import type { WindowResult } from '../../shared/model/results'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import { createAccumulators } from '../statistics'
import type { Span } from '../windows'
import { PipelineNode } from './node'
import { RepairMarks } from './repair-marks'
import type { SeriesRegistry } from './series-registry'

export interface Stored {
  readonly store: Store
  readonly registry: SeriesRegistry
}

/** Wide enough that no reading is late: what is computed does not depend on the order in which they come. */
const NEVER_LATE = '36500d'
/** Where the reading before a window is looked for at first, in window lengths; further back in growing steps. */
const FIRST_LOOK_BACK = 16

/** Sums of the same readings in another order differ in their last digits. */
const SAME = 1e-12

/** Their bounds follow from the samples: a span is what a late one by itself would have made. */
const hasSessions = ({ window }: Pipeline): boolean => window.kind === 'session'

type Wanted = ReadonlyMap<number, readonly Span[]>

export interface Recomputed {
  /** Those that differ from the stored ones, each with the next revision of its identity. */
  readonly results: readonly WindowResult[]
  /** Sessions that reach into one that is still open. */
  readonly deferred: RepairMarks
}

/** @param stillWanted asked between the steps; results of what is no longer wanted are of no use */
export async function recompute(
  stored: Stored,
  pipeline: Pipeline,
  wanted: Wanted,
  stillWanted: () => boolean,
): Promise<Recomputed> {
  const results: WindowResult[] = []
  const deferred = new RepairMarks()
  const bySeries = pipeline.groupBy.length === 0 && pipeline.combine === undefined
  // Where several series make a key, or several keys need the same readings, all are computed in one go.
  const groups: Wanted[] = bySeries ? [...wanted].map((entry) => new Map([entry])) : [wanted]
  for (const group of groups) {
    const extended = await withStoredSessions(stored.store, pipeline, group)
    for (const range of runsOf([...extended.values()].flat())) {
      if (!stillWanted()) return { results: [], deferred }
      const series = bySeries ? new Set(group.keys()) : seriesOf(stored.registry, pipeline.source)
      // Of samples that went by age nothing can be computed anew: the stored results are right.
      if (!(await stored.store.isWhole({ series, from: range[0], to: range[1] }))) continue
      const made = await computeRange(stored, pipeline, series, range, stillWanted)
      // What cannot be read would be missing from the new results: then the old ones are better.
      if (stored.store.damage.some((damage) => isLost(damage, range))) continue
      const inRange = made.filter((result) => isWanted(result, pipeline, group))
      const closed = inRange.filter(({ end }) => end <= range[1])
      for (const { key, start } of inRange.filter(({ end }) => end > range[1]))
        for (const span of group.get(key) ?? [])
          if (span[1] > start && span[0] <= range[1]) deferred.add(pipeline.id, key, span)
      results.push(...(await nextRevisions(stored.store, pipeline, closed, range)))
    }
  }
  return { results, deferred }
}

/** Whether readings of the range may be lost. */
const isLost = ({ kind, from = -Infinity, to = Infinity }: Damage, range: Span): boolean =>
  kind !== 'snapshot' && from <= range[1] && to >= range[0]

function seriesOf(registry: SeriesRegistry, source: string | undefined): Set<SeriesId> {
  return new Set(registry.received.filter((info) => info.source === source).map(({ id }) => id))
}

/** Sessions that a late sample joins reach further than the sample itself. */
async function withStoredSessions(store: Store, pipeline: Pipeline, wanted: Wanted): Promise<Wanted> {
  if (!hasSessions(pipeline)) return wanted
  const extended = new Map<number, Span[]>()
  for (const [key, spans] of wanted) {
    const all = [...spans]
    for (const [from, to] of runsOf(spans))
      for await (const results of store.results(pipeline.id, { series: new Set([key]), from, to }))
        all.push(...results.map(({ start, end }): Span => [start, end]))
    extended.set(key, all)
  }
  return extended
}

/** Spans that overlap or touch, as one. */
function runsOf(spans: readonly Span[]): Span[] {
  const runs: [EpochMs, EpochMs][] = []
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = runs.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else runs.push([start, end])
  }
  return runs
}

/** All windows over the readings of [start, end), and those before it that reach into it. */
async function computeRange(
  { store, registry }: Stored,
  pipeline: Pipeline,
  series: ReadonlySet<SeriesId>,
  [start, end]: Span,
  stillWanted: () => boolean,
): Promise<WindowResult[]> {
  const time = { ...pipeline.time, clock: 'source' as const, outOfOrderness: NEVER_LATE, allowedLateness: '0s' }
  const node = new PipelineNode({ ...pipeline, time }, { registry, mode: 'replay', upstream: null, definition: '' })
  const made: WindowResult[] = []
  node.sink = { fire: (result) => void made.push(result), late: () => undefined, mark: () => undefined }
  const from = await beginning(store, pipeline, series, start, end)
  for await (const batch of store.samples({ series, from, to: end })) {
    if (!stillWanted()) return []
    node.process(batch)
    await new Promise(setImmediate)
  }
  node.end()
  return made
}

/** From where readings are needed: steps begin before a window, a join looks back as far as its tolerance. */
async function beginning(
  store: Store,
  pipeline: Pipeline,
  series: ReadonlySet<SeriesId>,
  start: EpochMs,
  end: EpochMs,
): Promise<EpochMs | null> {
  const from = pipeline.combine === undefined ? start : start - durationMs(pipeline.combine.tolerance)
  const { needsCarry } = createAccumulators(pipeline.aggregates, { grouped: pipeline.groupBy.length > 0 })
  if (!needsCarry || hasSessions(pipeline)) return from
  const missing = new Set(series)
  let until = from
  for (let length = (end - start) * FIRST_LOOK_BACK; missing.size > 0; length *= FIRST_LOOK_BACK) {
    // Beyond a lifetime there is nothing.
    const begin = length > from ? null : from - length
    for await (const batch of store.samples({ series: missing, from: begin, to: until }))
      for (let i = 0; i < batch.length; i++)
        if (Number.isFinite(batch.value[i]) && (batch.time[i] as number) < start)
          missing.delete(batch.series[i] as number)
    if (begin === null) return missing.size === series.size ? from : null
    until = begin
  }
  return until
}

function isWanted({ key, start, end }: WindowResult, pipeline: Pipeline, wanted: Wanted): boolean {
  const spans = wanted.get(key) ?? []
  if (hasSessions(pipeline)) return spans.some(([from, to]) => start < to && end > from)
  return spans.some((span) => span[0] === start && span[1] === end)
}

/** Leaves out what equals the stored result, as after a crash between the commit of a repair and the next snapshot. */
async function nextRevisions(
  store: Store,
  pipeline: Pipeline,
  made: readonly WindowResult[],
  [from, to]: Span,
): Promise<WindowResult[]> {
  const known = new Map<string, WindowResult>()
  const series = new Set(made.map(({ key }) => key))
  for await (const results of store.results(pipeline.id, { series, from, to }))
    for (const result of results) known.set(identity(result), result)
  return made.flatMap((result): WindowResult[] => {
    const before = known.get(identity(result))
    if (before !== undefined && equalValues(before, result)) return []
    const repaired = { ...result, repaired: true, revision: before === undefined ? 0 : before.revision + 1 }
    const replaces = [...known.values()]
      .filter(({ key, start, end }) => key === result.key && start < result.end && end > result.start)
      .filter((other) => identity(other) !== identity(result))
      .map(({ start, end }) => [start, end] as const)
    const grew = hasSessions(pipeline) && replaces.length > 0
    return [grew ? { ...repaired, replaces } : repaired]
  })
}

const identity = ({ key, start, end }: WindowResult): string => `${key} ${start} ${end}`

function equalValues(a: WindowResult, b: WindowResult): boolean {
  const others = [...b.values]
  return [...a.values].every((value, i) => {
    const other = others[i] as number
    return Object.is(value, other) || Math.abs(value - other) <= SAME * Math.max(Math.abs(value), Math.abs(other))
  })
}
