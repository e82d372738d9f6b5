/** What each pipeline did since the engine started. */
import type { PipelineStatus } from '../../shared/ipc/engine'
import type { WindowResult } from '../../shared/model/results'
import type { EpochMs } from '../../shared/model/time'

interface Counts {
  windows: number
  late: number
  repaired: number
  lastResult: EpochMs | null
}

export class PipelineCounts {
  private readonly byId = new Map<string, Counts>()

  of(id: string): Omit<PipelineStatus, 'id'> {
    return { ...this.entry(id) }
  }

  fired({ pipeline, revision, end, repaired = false }: WindowResult): void {
    const entry = this.entry(pipeline)
    if (revision === 0) entry.windows += 1
    if (repaired) entry.repaired += 1
    if (entry.lastResult === null || end > entry.lastResult) entry.lastResult = end
  }

  late(id: string): void {
    this.entry(id).late += 1
  }

  private entry(id: string): Counts {
    let entry = this.byId.get(id)
    if (entry === undefined) this.byId.set(id, (entry = { windows: 0, late: 0, repaired: 0, lastResult: null }))
    return entry
  }
}
