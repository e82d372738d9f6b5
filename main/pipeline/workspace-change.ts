/** What a change of the workspace means for the sources that run. */
import type { Workspace } from '../../shared/config/workspace'
import { runningDefinitions } from './pipeline-set'

export interface SourceChanges {
  /** Their pipelines are others now. */
  readonly repiped: readonly string[]
  /** These and those that differ themselves, or are new or gone: they are started anew. */
  readonly changed: readonly string[]
}

export function sourceChanges(before: Workspace, next: Workspace): SourceChanges {
  const ids = [...new Set([...before.sources, ...next.sources].map(({ id }) => id))]
  const repiped = ids.filter(
    (id) => runningDefinitions(id, before.pipelines) !== runningDefinitions(id, next.pipelines),
  )
  const changed = ids.filter((id) => repiped.includes(id) || !equal(byId(before.sources, id), byId(next.sources, id)))
  return { repiped, changed }
}

/** Of two values of JSON. */
export const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export function byId<T extends { readonly id: string }>(list: readonly T[], id: string): T | undefined {
  return list.find((entry) => entry.id === id)
}
