/** All pipelines that run, by the source whose readings reach them. */
import type { ClockMark, Store } from '../contracts'
import type { Pipeline } from '../../shared/config/pipeline'
import type { Workspace } from '../../shared/config/workspace'
import { definitionOf, meaningOf, runningPipelines } from './definition'
import type { PipelineNode } from './node'
import type { SeriesRegistry } from './series-registry'
import type { SnapshotEntry } from './snapshot'
import { createSourcePipelines } from './source-pipelines'
import type { SourcePipelines } from './source-pipelines'

export class PipelineSet {
  private readonly bySource = new Map<string, SourcePipelines>()

  constructor(private readonly registry: SeriesRegistry) {}

  get all(): Iterable<SourcePipelines> {
    return this.bySource.values()
  }

  of(source: string): SourcePipelines | undefined {
    return this.bySource.get(source)
  }

  node(id: string): PipelineNode | undefined {
    return this.nodes().find((node) => node.id === id)
  }

  /**
   * Tells the store what the results of each pipeline are. Those that changed must not run meanwhile, and what they
   * gave must be committed: a changed meaning removes stored results.
   */
  async define({ pipelines }: Workspace, store: Store): Promise<void> {
    for (const entry of pipelines) await store.definePipeline(entry.id, entry.aggregates, meaningOf(entry, pipelines))
  }

  /** Makes the pipelines of a source as the workspace says; those with the same definition keep their state. */
  rebuild(source: string, { pipelines }: Workspace): SourcePipelines {
    const before = this.bySource.get(source)?.nodes ?? []
    const options = { registry: this.registry, mode: 'live' } as const
    const made = createSourcePipelines(source, pipelines, options, before)
    this.bySource.set(source, made)
    return made
  }

  drop(source: string): void {
    this.bySource.delete(source)
  }

  applyMark(mark: ClockMark): void {
    for (const each of this.bySource.values()) each.applyMark(mark)
  }

  // ---- snapshots

  /** @param of which sources' pipelines */
  snapshot(of: (source: string) => boolean): SnapshotEntry[] {
    return this.nodes(of).flatMap((node) =>
      node.snapshot().map(({ name, state }) => ({ pipeline: name, definition: node.definition, state })),
    )
  }

  restore(entries: readonly SnapshotEntry[], of?: (source: string) => boolean): void {
    for (const node of this.nodes(of))
      node.restore(
        (name) =>
          entries.find(({ pipeline, definition }) => pipeline === name && definition === node.definition)?.state,
      )
  }

  private nodes(of: (source: string) => boolean = () => true): PipelineNode[] {
    return [...this.bySource.values()].filter(({ source }) => of(source)).flatMap(({ nodes }) => nodes)
  }
}

/** Equal texts: what runs on the source is the same, and goes on as it is. */
export function runningDefinitions(source: string, pipelines: readonly Pipeline[]): string {
  return JSON.stringify(runningPipelines(source, pipelines).map((entry) => definitionOf(entry, pipelines)))
}
