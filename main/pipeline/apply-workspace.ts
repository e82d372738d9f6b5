/** A changed workspace in the running whole. */
import type { Store } from '../contracts'
import type { Workspace } from '../../shared/config/workspace'
import type { Alerting } from './alerting'
import type { MemoryOnlySources } from './memory-only'
import type { Outputs } from './outputs'
import type { PipelineSet } from './pipeline-set'
import type { Repairs } from './repair'
import type { RetentionTimer } from './retention-timer'
import type { RunningSources } from './running-sources'
import { byId, equal, sourceChanges } from './workspace-change'

export interface WorkspaceParts {
  readonly store: Store
  readonly sources: RunningSources
  readonly pipelines: PipelineSet
  readonly alerting: Alerting
  readonly outputs: Outputs
  readonly repairs: Repairs
  readonly memoryOnly: MemoryOnlySources
  readonly retention: RetentionTimer
  /** Commits, with a snapshot of what is there then. */
  readonly checkpoint: () => Promise<void>
  /** These are no longer kept only in memory. */
  readonly storeAgain: (sources: readonly string[]) => Promise<void>
}

/** Only sources that differ, or whose pipelines do, are started anew. */
export async function applyWorkspace(parts: WorkspaceParts, before: Workspace, next: Workspace): Promise<void> {
  const { store, sources, pipelines, alerting, outputs, repairs, memoryOnly } = parts
  if (!equal(before.retention, next.retention)) parts.retention.soon()
  const { repiped, changed } = sourceChanges(before, next)
  for (const id of changed) await sources.stop(id)
  await pipelines.define(next, store)
  alerting.define(next)
  await outputs.define(next)
  for (const { id } of before.pipelines)
    if (!equal(byId(before.pipelines, id), byId(next.pipelines, id))) repairs.forget(id)
  for (const id of changed)
    if (byId(next.sources, id) === undefined) pipelines.drop(id)
    else if (repiped.includes(id)) pipelines.rebuild(id, next)
  await parts.storeAgain(await memoryOnly.adjust(next))
  for (const source of changed)
    if (byId(before.sources, source)?.keepSamples !== byId(next.sources, source)?.keepSamples)
      for (const { id } of pipelines.of(source)?.nodes ?? []) repairs.forget(id)
  // A pipeline begins with what comes from now on; recovery must not feed it what came before.
  if (repiped.length > 0) await parts.checkpoint()
  for (const source of next.sources) if (changed.includes(source.id)) await sources.start(source)
}
