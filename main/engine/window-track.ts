/** The closed windows of one series within a view; what is drawn is what is stored. */
import type { WindowResult } from '../../shared/model/results'
import type { EpochMs } from '../../shared/model/time'

/** Of the windows that reach into a range; NaN where there are none. */
export interface WindowFigures {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
}

interface Closed {
  readonly start: EpochMs
  readonly end: EpochMs
  readonly value: number
}

export class WindowTrack {
  private readonly closed = new Map<string | number, Closed>()
  private sorted: readonly Closed[] | null = []

  /** @param of `step`: one window at a time, the newest of those that begin together; `results`: every one of them */
  constructor(private readonly of: 'step' | 'results') {}

  add(result: WindowResult, value: number): void {
    const { start, end, index, replaces = [] } = result
    for (const [from, to] of replaces) this.closed.delete(this.identity(from, to, undefined))
    this.closed.set(this.identity(start, end, index), { start, end, value })
    this.sorted = null
  }

  /** Forgets windows that end before `from`: they have left a live view. */
  trim(from: EpochMs): void {
    for (const [identity, window] of this.closed) if (window.end < from) this.closed.delete(identity)
    this.sorted = null
  }

  /**
   * start, end, value …; neighbours are drawn as one, with their mean, where there are more than `most`. Never those with
   * a gap between them that can be seen, which is one of a `most`th of the range.
   */
  triples(from: EpochMs, to: EpochMs, most: number): Float64Array {
    const windows = this.inOrder().filter((window) => window.end >= from && window.start <= to)
    const merged = Math.max(1, Math.ceil(windows.length / most))
    const seen = merged === 1 ? Infinity : (to - from) / most
    const out: number[] = []
    let group: Closed[] = []
    let end = -Infinity
    for (const window of windows) {
      if (group.length === merged || (group.length > 0 && window.start - end > seen)) {
        out.push(...drawnAs(group, end))
        group = []
        end = -Infinity
      }
      group.push(window)
      end = Math.max(end, window.end)
    }
    out.push(...drawnAs(group, end))
    return Float64Array.from(out)
  }

  /** Of each window as it is stored, also where several are drawn as one. */
  figures(from: EpochMs, to: EpochMs): WindowFigures {
    let count = 0
    let min = Infinity
    let max = -Infinity
    let sum = 0
    for (const { start, end, value } of this.closed.values()) {
      if (end <= from || start >= to || Number.isNaN(value)) continue
      count++
      min = Math.min(min, value)
      max = Math.max(max, value)
      sum += value
    }
    return count === 0 ? { count, min: NaN, max: NaN, mean: NaN } : { count, min, max, mean: sum / count }
  }

  /** The window that ended last before `to`; null where there is none. */
  last(to: EpochMs): Closed | null {
    let last: Closed | null = null
    for (const window of this.closed.values())
      if (window.end <= to && (last === null || window.end >= last.end)) last = window
    return last
  }

  private inOrder(): readonly Closed[] {
    this.sorted ??= [...this.closed.values()].sort((a, b) => a.start - b.start || a.end - b.end)
    return this.sorted
  }

  private identity(start: EpochMs, end: EpochMs, index: number | undefined): string | number {
    if (this.of === 'step') return start
    return index === undefined ? `${start} ${end}` : index
  }
}

/** A window without a value says nothing about its neighbours. */
function drawnAs(group: readonly Closed[], end: EpochMs): number[] {
  const [first] = group
  if (first === undefined) return []
  const known = group.filter(({ value }) => !Number.isNaN(value))
  return [first.start, end, known.reduce((sum, { value }) => sum + value, 0) / known.length]
}
