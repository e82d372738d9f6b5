/** What is taken away for good: of the file, of memory, and of the state that goes into the next snapshot. */
import type { RangeQuery, Store } from '../contracts'
import type { MemoryOnlySources } from './memory-only'
import type { PipelineSet } from './pipeline-set'
import type { Repairs } from './repair'
import type { SeriesRegistry } from './series-registry'

export interface ErasingParts {
  readonly store: Store
  readonly registry: SeriesRegistry
  readonly pipelines: PipelineSet
  readonly repairs: Repairs
  readonly memoryOnly: MemoryOnlySources
  /** Commits what is pending. */
  readonly flush: () => Promise<void>
  /** A new snapshot: those before held windows of what was erased, and are gone. */
  readonly checkpoint: () => Promise<void>
  readonly countStored: () => Promise<void>
  /** What else is known of a source. */
  readonly forget: (source: string) => void
}

export class Erasing {
  constructor(private readonly parts: ErasingParts) {}

  /** The source must be out of the workspace, so that nothing of it runs. */
  async source(id: string): Promise<void> {
    const { store, registry, pipelines, repairs, memoryOnly, flush, checkpoint, forget } = this.parts
    for (const { config } of pipelines.of(id)?.nodes ?? []) repairs.forget(config.id)
    await flush()
    await store.eraseSource(id)
    registry.forget(id)
    memoryOnly.forget(id)
    forget(id)
    await checkpoint()
  }

  /** The results of pipelines that no longer run. */
  async pipelines(ids: readonly string[]): Promise<void> {
    const { store, repairs, flush, countStored } = this.parts
    await flush()
    for (const id of ids) {
      repairs.forget(id)
      await store.erasePipeline(id)
    }
    await countStored()
  }

  /** The series stay: their sources may send more. */
  async samples(query: RangeQuery): Promise<void> {
    const { store, registry, memoryOnly, flush, checkpoint } = this.parts
    await flush()
    await store.eraseSamples(query)
    memoryOnly.erase(query)
    registry.forgetLast(query)
    await checkpoint()
  }
}
