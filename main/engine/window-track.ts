/** The closed windows of one series within a view, by start; what is drawn is what is stored. */
import type { WindowResult } from '../../shared/model/results'
import type { EpochMs } from '../../shared/model/time'

export class WindowTrack {
  private readonly byStart = new Map<
    EpochMs,
    { readonly start: EpochMs; readonly end: EpochMs; readonly mean: number }
  >()
  private sorted: EpochMs[] | null = []

  add(result: WindowResult, mean: number): void {
    for (const [start] of result.replaces ?? []) this.byStart.delete(start)
    this.byStart.set(result.start, { start: result.start, end: result.end, mean })
    this.sorted = null
  }

  /** Forgets windows that end before `from`: they have left a live view. */
  trim(from: EpochMs): void {
    for (const window of this.byStart.values()) if (window.end < from) this.byStart.delete(window.start)
    this.sorted = null
  }

  /** start, end, mean …; neighbours are drawn as one where there are more than `most`. */
  triples(from: EpochMs, to: EpochMs, most: number): Float64Array {
    this.sorted ??= [...this.byStart.keys()].sort((a, b) => a - b)
    const windows = this.sorted.flatMap((start) => {
      const window = this.byStart.get(start)
      return window !== undefined && window.end >= from && window.start <= to ? [window] : []
    })
    const merged = Math.max(1, Math.ceil(windows.length / most))
    const out: number[] = []
    for (let i = 0; i < windows.length; i += merged) {
      const group = windows.slice(i, i + merged)
      const end = group.reduce((latest, window) => Math.max(latest, window.end), -Infinity)
      out.push(group[0]?.start as number, end, group.reduce((sum, window) => sum + window.mean, 0) / group.length)
    }
    return Float64Array.from(out)
  }
}
