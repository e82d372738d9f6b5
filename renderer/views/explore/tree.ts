/**
 * All series as a tree, source / label values / field, and the pipelines with the keys that have results, laid out as
 * rows for a virtual list. Pure.
 */
import type { Pipeline } from '../../../shared/config/pipeline'
import type { SeriesInfo } from '../../../shared/model/series'
import { labelPath, matchesSearch, searchText } from '../../state/seriesName'

export interface BranchRow {
  readonly kind: 'branch'
  readonly key: string
  readonly label: string
  readonly depth: number
  readonly open: boolean
  /** Of what is below; null where it is not known yet. */
  readonly count: number | null
  /** The pipeline whose keys it holds. */
  readonly pipeline?: string
}

export type SeriesRow =
  BranchRow | { readonly kind: 'leaf'; readonly key: string; readonly depth: number; readonly info: SeriesInfo }

export type TreeRow =
  | SeriesRow
  | { readonly kind: 'note'; readonly key: string; readonly depth: number; readonly note: 'loading' | 'none' }
  | {
      readonly kind: 'result'
      readonly key: string
      readonly depth: number
      readonly pipeline: string
      readonly info: SeriesInfo
    }

interface Branch {
  readonly label: string
  readonly branches: Map<string, Branch>
  readonly leaves: SeriesInfo[]
  count: number
}

const branch = (label: string): Branch => ({ label, branches: new Map(), leaves: [], count: 0 })

/**
 * @param closed keys of the branches that are folded; a search opens all.
 * @param sourceName the name of a source by its id.
 */
export function treeRows(
  series: readonly SeriesInfo[],
  query: string,
  closed: ReadonlySet<string>,
  sourceName: (id: string) => string,
): SeriesRow[] {
  const root = branch('')
  const typed = query.trim()
  for (const info of series) {
    const name = sourceName(info.source)
    if (typed && !matchesSearch(searchText(info, name), typed)) continue
    let at = root
    for (const step of [name, ...labelPath(info)]) {
      let next = at.branches.get(step)
      if (!next) at.branches.set(step, (next = branch(step)))
      next.count++
      at = next
    }
    at.leaves.push(info)
  }
  const rows: SeriesRow[] = []
  layOut(root, '', 0, typed ? new Set() : closed, rows)
  return rows
}

function layOut(at: Branch, path: string, depth: number, closed: ReadonlySet<string>, rows: SeriesRow[]): void {
  for (const child of at.branches.values()) {
    const key = `${path}/${child.label}`
    const open = !closed.has(key)
    rows.push({ kind: 'branch', key, label: child.label, depth, open, count: child.count })
    if (open) layOut(child, key, depth + 1, closed, rows)
  }
  for (const info of at.leaves) rows.push({ kind: 'leaf', key: `series ${info.id}`, depth, info })
}

const PIPELINES = 'pipelines'

export interface ResultTree {
  readonly pipelines: readonly Pipeline[]
  readonly keys: ReadonlyMap<string, readonly SeriesInfo[]>
  readonly query: string
  readonly closed: ReadonlySet<string>
  /** Pipelines that are open; they begin closed, because their keys are read from the file. */
  readonly opened: ReadonlySet<string>
  /** Of the branch of all pipelines. */
  readonly label: string
  /** What a search may hit of a key. */
  readonly textOf: (info: SeriesInfo, pipeline: Pipeline) => string
}

/** The branch of the pipelines, below the sources. A search shows the pipelines that have a key it hits. */
export function resultRows({ pipelines, keys, query, closed, opened, label, textOf }: ResultTree): TreeRow[] {
  const typed = query.trim()
  const rows: TreeRow[] = []
  for (const pipeline of pipelines) {
    const all = keys.get(pipeline.id)
    const found = typed ? all?.filter((info) => matchesSearch(textOf(info, pipeline), typed)) : all
    if (typed && found?.length === 0) continue
    const open = typed !== '' || opened.has(pipeline.id)
    const { id, name } = pipeline
    const count = found?.length ?? null
    rows.push({ kind: 'branch', key: `pipeline ${id}`, label: name, depth: 1, open, count, pipeline: id })
    if (!open) continue
    if (!found || found.length === 0)
      rows.push({ kind: 'note', key: `note ${id}`, depth: 2, note: found ? 'none' : 'loading' })
    for (const info of found ?? [])
      rows.push({ kind: 'result', key: `result ${id} ${info.id}`, depth: 2, pipeline: id, info })
  }
  if (rows.length === 0) return []
  const open = typed !== '' || !closed.has(PIPELINES)
  const root: TreeRow = { kind: 'branch', key: PIPELINES, label, depth: 0, open, count: pipelines.length }
  return [root, ...(open ? rows : [])]
}
