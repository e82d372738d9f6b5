/** The sources that run, each with its pipelines and commits, and what outlives a restart of theirs. */
import type { JournalRun, SourceContext, Store } from '../contracts'
import type { SourceConfig } from '../../shared/config/workspace'
import type { Committer } from './committer'
import { createDecoder, createSource } from './kinds'
import type { SeriesRegistry } from './series-registry'
import { SourceRunner } from './source-runner'
import type { RunnerParts } from './source-runner'
import type { SourcePipelines } from './source-pipelines'

export interface RunningParts extends Pick<RunnerParts, 'late' | 'missed' | 'alerts'> {
  readonly store: Store
  readonly registry: SeriesRegistry
  readonly context: (source: string) => SourceContext
  readonly pipelinesOf: (source: string) => SourcePipelines
  readonly committerOf: (source: string) => Committer
  readonly watch: (source: string) => RunnerParts['watch']
}

export class RunningSources {
  readonly runners = new Map<string, SourceRunner>()
  private readonly lateBefore = new Map<string, number>()

  constructor(private readonly parts: RunningParts) {}

  async start(config: SourceConfig): Promise<void> {
    if (!config.enabled) return
    const { id } = config
    const { store, registry, context, pipelinesOf, committerOf, watch, late, missed, alerts } = this.parts
    const runner = new SourceRunner(
      {
        config,
        source: createSource(config, context(id)),
        decoder: createDecoder(config),
        pipelines: pipelinesOf(id),
        late,
        missed,
        alerts,
        watch: watch(id),
      },
      registry,
      committerOf(id),
    )
    runner.late = this.lateBefore.get(id) ?? 0
    this.runners.set(id, runner)
    runner.start(await store.cursors(id), await store.inflight(id))
  }

  /** Resolves when what it received is committed. */
  async stop(id: string): Promise<void> {
    const runner = this.runners.get(id)
    if (runner === undefined) return
    await runner.stop()
    await this.parts.committerOf(id).flush()
    this.lateBefore.set(id, runner.late)
    this.runners.delete(id)
  }

  /** A commit has taken these runs. */
  count(runs: readonly JournalRun[], kept: 'stored' | 'inMemory'): void {
    for (const { source, length } of runs) {
      const runner = this.runners.get(source)
      if (runner !== undefined) runner.ledger[kept] += length
    }
  }

  // ---- late samples

  lateOf(id: string): number {
    return this.runners.get(id)?.late ?? this.lateBefore.get(id) ?? 0
  }

  get late(): Readonly<Record<string, number>> {
    const ids = new Set([...this.lateBefore.keys(), ...this.runners.keys()])
    return Object.fromEntries([...ids].map((id) => [id, this.lateOf(id)]))
  }

  load(late: ReadonlyMap<string, number>): void {
    for (const [id, count] of late) this.lateBefore.set(id, count)
  }

  forget(id: string): void {
    this.lateBefore.delete(id)
  }
}
