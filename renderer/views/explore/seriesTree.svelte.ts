/** What is open and what is searched for in the tree of Explore, and the rows that follow. */
import { resultKeys, session } from '../../state/app.svelte'
import { t } from '../../state/i18n.svelte'
import { searchText } from '../../state/seriesName'
import { titleOf } from '../../state/seriesTitle.svelte'
import { resultRows, treeRows } from './tree'
import type { BranchRow, TreeRow } from './tree'

export class SeriesTreeState {
  query = $state('')
  #closed = $state.raw<ReadonlySet<string>>(new Set())
  #opened = $state.raw<ReadonlySet<string>>(new Set())
  readonly #names = $derived(new Map(session.sources.map((source) => [source.id, source.name])))
  readonly #pipelines = $derived(session.workspace?.pipelines ?? [])
  readonly rows = $derived<readonly TreeRow[]>([
    ...treeRows(session.series, this.query, this.#closed, (id) => this.#names.get(id) ?? id),
    ...resultRows({
      pipelines: this.#pipelines,
      keys: resultKeys.byPipeline,
      query: this.query,
      closed: this.#closed,
      opened: this.#opened,
      label: t('nav.pipelines'),
      textOf: (info, { name }) => `${searchText(info, name)} ${titleOf(info).toLowerCase()}`,
    }),
  ])

  fold(row: BranchRow): void {
    if (row.pipeline) this.#opened = toggled(this.#opened, row.pipeline)
    else this.#closed = toggled(this.#closed, row.key)
  }

  /** Asks for the keys that are to be seen: of open pipelines, and of all where something is searched for. */
  loadKeys(): void {
    const produced = new Map(session.status?.pipelines.map(({ id, windows }) => [id, windows]))
    for (const { id } of this.#pipelines)
      if (this.query.trim() !== '' || this.#opened.has(id)) void resultKeys.load(id, produced.get(id) ?? 0)
  }
}

function toggled(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(member)) next.add(member)
  return next
}
