/** Cuts a bulk read into slices of bounded size, by what is known of where samples lie. Pure. */
import type { RangeQuery, SampleSpan } from '../../contracts'
import type { SeriesId } from '../../../shared/model/series'
import { fromMicros, toMicros } from '../../../shared/model/time'
import type { EpochMs } from '../../../shared/model/time'

/** One read: all samples of these series in [from, to]. */
export interface Slice extends RangeQuery {
  readonly series: ReadonlySet<SeriesId>
  /** Of these series nothing comes after this slice. */
  readonly last: boolean
}

type Bounds = Pick<RangeQuery, 'from' | 'to'>

/** For a column a series: slices of time, each over all series. */
export function slicesOfTime(
  series: ReadonlySet<SeriesId>,
  spans: readonly SampleSpan[],
  bounds: Bounds,
  budget: number,
): Slice[] {
  const cuts = cutTimes(spans, bounds, budget)
  return [null, ...cuts].map((cut, i) => ({
    series,
    from: cut ?? bounds.from,
    to: i < cuts.length ? justBefore(cuts[i] as EpochMs) : bounds.to,
    last: i === cuts.length,
  }))
}

/** For series after series: as many as fit at once, and long ones in slices of time. */
export function slicesOfSeries(
  series: readonly SeriesId[],
  spans: readonly SampleSpan[],
  bounds: Bounds,
  budget: number,
): Slice[] {
  const bySeries = new Map<SeriesId, SampleSpan[]>()
  for (const span of spans) bySeries.set(span.series, [...(bySeries.get(span.series) ?? []), span])
  const slices: Slice[] = []
  let together: SeriesId[] = []
  let samples = 0
  const flush = () => {
    if (together.length > 0) slices.push({ series: new Set(together), from: bounds.from, to: bounds.to, last: true })
    together = []
    samples = 0
  }
  for (const id of series) {
    const own = bySeries.get(id) ?? []
    const count = own.reduce((sum, span) => sum + samplesWithin(span, bounds), 0)
    if (samples + count > budget) flush()
    if (count > budget) slices.push(...slicesOfTime(new Set([id]), own, bounds, budget))
    else {
      together.push(id)
      samples += count
    }
  }
  flush()
  return slices
}

/** As if the samples of a span were evenly spread: right for whole spans, near for those at the ends of a range. */
export function samplesWithin({ from, to, samples }: SampleSpan, bounds: Bounds): number {
  const low = Math.max(from, bounds.from ?? -Infinity)
  const high = Math.min(to, bounds.to ?? Infinity)
  if (high < low) return 0
  return to > from ? (samples * (high - low)) / (to - from) : samples
}

const justBefore = (time: EpochMs): EpochMs => fromMicros(toMicros(time) - 1)

/** Where to cut so that about `budget` samples lie between; samples at one instant cannot be cut. */
function cutTimes(spans: readonly SampleSpan[], bounds: Bounds, budget: number): EpochMs[] {
  const edges: { readonly at: EpochMs; readonly change: number }[] = []
  for (const span of spans) {
    const from = Math.max(span.from, bounds.from ?? -Infinity)
    const to = Math.max(from + 1, Math.min(span.to, bounds.to ?? Infinity))
    const perMs = samplesWithin(span, bounds) / (to - from)
    edges.push({ at: from, change: perMs }, { at: to, change: -perMs })
  }
  edges.sort((a, b) => a.at - b.at)
  const cuts: EpochMs[] = []
  let gathered = 0
  let perMs = 0
  let at = edges[0]?.at ?? 0
  let last = at
  for (const edge of edges) {
    while (gathered + perMs * (edge.at - at) > budget) {
      const cut = fromMicros(toMicros(at + Math.max(0, budget - gathered) / perMs))
      if (!(cut > last)) break
      cuts.push((at = last = cut))
      gathered = 0
    }
    gathered += perMs * (edge.at - at)
    at = edge.at
    perMs = Math.max(0, perMs + edge.change)
  }
  return cuts.filter((cut) => cut <= (bounds.to ?? Infinity))
}
