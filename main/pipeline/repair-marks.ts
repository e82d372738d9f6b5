/** Windows that are to be computed anew, by pipeline and key. */
import type { EpochMs } from '../../shared/model/time'
import type { Span } from '../windows'

/** Beyond this a flood of late readings marks nothing more: each mark costs a pass over a window's readings. */
const MAX_MARKS = 200_000

export class RepairMarks {
  size = 0
  private readonly byPipeline = new Map<string, Map<number, Map<EpochMs, Span>>>()

  /** Two spans with one end are one window, or two samples of one time. */
  add(pipeline: string, key: number, span: Span): void {
    if (this.size >= MAX_MARKS) return
    let keys = this.byPipeline.get(pipeline)
    if (keys === undefined) this.byPipeline.set(pipeline, (keys = new Map()))
    let spans = keys.get(key)
    if (spans === undefined) keys.set(key, (spans = new Map()))
    if (spans.has(span[1])) return
    spans.set(span[1], span)
    this.size += 1
  }

  addAll(other: RepairMarks): void {
    for (const { pipeline, key, span } of other.entries()) this.add(pipeline, key, span)
  }

  get pipelines(): string[] {
    return [...this.byPipeline.keys()]
  }

  /** By key, in the order of their starts. */
  of(pipeline: string): ReadonlyMap<number, readonly Span[]> {
    const keys = this.byPipeline.get(pipeline) ?? []
    return new Map([...keys].map(([key, spans]) => [key, [...spans.values()].sort((a, b) => a[0] - b[0])]))
  }

  delete(pipeline: string): void {
    for (const spans of this.byPipeline.get(pipeline)?.values() ?? []) this.size -= spans.size
    this.byPipeline.delete(pipeline)
  }

  *entries(): Generator<{ readonly pipeline: string; readonly key: number; readonly span: Span }> {
    for (const [pipeline, keys] of this.byPipeline)
      for (const [key, spans] of keys) for (const span of spans.values()) yield { pipeline, key, span }
  }
}
