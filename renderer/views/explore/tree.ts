/** All series as a tree, source / label values / field, laid out as rows for a virtual list. Pure. */
import type { SeriesInfo } from '../../../shared/model/series'
import { labelPath, matchesSearch, searchText } from '../../state/seriesName'

export type TreeRow =
  | {
      readonly kind: 'branch'
      readonly key: string
      readonly label: string
      readonly depth: number
      readonly open: boolean
      readonly count: number
    }
  | { readonly kind: 'leaf'; readonly key: string; readonly depth: number; readonly info: SeriesInfo }

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
): TreeRow[] {
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
  const rows: TreeRow[] = []
  layOut(root, '', 0, typed ? new Set() : closed, rows)
  return rows
}

function layOut(at: Branch, path: string, depth: number, closed: ReadonlySet<string>, rows: TreeRow[]): void {
  for (const child of at.branches.values()) {
    const key = `${path}/${child.label}`
    const open = !closed.has(key)
    rows.push({ kind: 'branch', key, label: child.label, depth, open, count: child.count })
    if (open) layOut(child, key, depth + 1, closed, rows)
  }
  for (const info of at.leaves) rows.push({ kind: 'leaf', key: `series ${info.id}`, depth, info })
}
