/** The statistics of the naive twin: by their definitions, from all events of a window. */
import type { Event } from './windows-cases'
import type { Pane } from './windows-panes'

export const finite = (event: Event): boolean => Number.isFinite(event.v)

export function statistic(name: string, pane: Pane, missing: number, grouped: boolean): number {
  const events = pane.events.filter(finite).sort((a, b) => a.t - b.t)
  const v = events.map((event) => event.v)
  const n = v.length
  const sum = v.reduce((a, b) => a + b, 0)
  const mean = sum / n
  const squares = v.reduce((a, b) => a + (b - mean) ** 2, 0)
  const sorted = [...v].sort((a, b) => a - b)
  const quantile = (f: number): number => {
    const h = (n - 1) * f
    const low = Math.floor(h)
    return (
      (sorted[low] as number) + (h - low) * ((sorted[Math.min(low + 1, n - 1)] as number) - (sorted[low] as number))
    )
  }
  switch (name) {
    case 'count':
      return n
    case 'missing':
      return missing
    case 'sum':
      return sum
    case 'mean':
      return mean
    case 'min':
      return sorted[0] as number
    case 'max':
      return sorted[n - 1] as number
    case 'range':
      return (sorted[n - 1] as number) - (sorted[0] as number)
    case 'first':
      return v[0] as number
    case 'last':
      return v[n - 1] as number
    case 'varPop':
      return squares / n
    case 'varSamp':
      return n > 1 ? squares / (n - 1) : NaN
    case 'stddevPop':
      return Math.sqrt(squares / n)
    case 'stddevSamp':
      return n > 1 ? Math.sqrt(squares / (n - 1)) : NaN
    case 'median':
      return quantile(0.5)
    case 'p90':
      return quantile(0.9)
    case 'distinct':
      return new Set(v.map((each) => each + 0)).size
    case 'slope':
      return slope(events)
    default:
      return stepped(name, pane, events, mean, grouped)
  }
}

function slope(events: readonly Event[]): number {
  const origin = events[0]?.t ?? 0
  const t = events.map((event) => (event.t - origin) / 1000)
  const meanT = t.reduce((a, b) => a + b, 0) / t.length
  const meanV = events.reduce((a, b) => a + b.v, 0) / t.length
  const spread = t.reduce((a, b) => a + (b - meanT) ** 2, 0)
  if (events.every((event) => event.t === events[0]?.t)) return NaN
  return t.reduce((a, b, i) => a + (b - meanT) * ((events[i] as Event).v - meanV), 0) / spread
}

function stepped(name: string, pane: Pane, events: readonly Event[], mean: number, grouped: boolean): number {
  const totals: number[] = []
  for (const series of new Set(grouped ? events.map((event) => event.series) : [''])) {
    const mine = grouped ? events.filter((event) => event.series === series) : [...events]
    const before = [...(pane.carried ?? new Map<string, Event>()).values()].find(
      (event) => !grouped || event.series === series,
    )
    if (name === 'delta') {
      totals.push((mine.at(-1) as Event).v - (mine[0] as Event).v)
      continue
    }
    const area = name === 'integral' || name === 'timeWeightedMean'
    const chain =
      before === undefined || (area && (mine[0] as Event).t - before.t > pane.end - pane.start)
        ? mine
        : [before, ...mine]
    let total = 0
    let time = 0
    for (let i = 1; i < chain.length; i++) {
      const [a, b] = [chain[i - 1] as Event, chain[i] as Event]
      time += (b.t - a.t) / 1000
      total += area ? (((a.v + b.v) / 2) * (b.t - a.t)) / 1000 : b.v >= a.v ? b.v - a.v : b.v
    }
    if (name === 'timeWeightedMean') totals.push(time > 0 ? total / time : mean)
    else if (chain.length > 1 && (name !== 'rate' || time > 0)) totals.push(name === 'rate' ? total / time : total)
  }
  return totals.length === 0 ? NaN : totals.reduce((a, b) => a + b, 0)
}
