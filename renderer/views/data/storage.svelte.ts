/** What the file holds, as the Data screen shows it: read when the screen opens and after every change. */
import type { StorageReport } from '../../../shared/ipc/engine'
import { connection, session, toasts } from '../../state/app.svelte'
import { i18n, t } from '../../state/i18n.svelte'
import { formatBytes } from '../../state/format'
import { matchesSearch, searchText } from '../../state/seriesName'
import { titleOf } from '../../state/seriesTitle.svelte'
import { seriesRows, sorted, sourceRows } from './seriesSizes'
import type { Named, SizeColumn, SizeOrder, SizeRow } from './seriesSizes'

/** A file of many gigabytes may take its time. */
const LONG_MS = 600_000

export class Storage {
  report = $state.raw<StorageReport | null>(null)
  by = $state<'series' | 'source'>('series')
  query = $state('')
  order = $state.raw<SizeOrder>({ column: 'bytes', descending: true })
  /** What is asked to be erased. */
  erasing = $state.raw<SizeRow | null>(null)
  busy = $state(false)

  readonly rows = $derived.by<SizeRow[]>(() => {
    const all = seriesRows(this.report?.series ?? [], named)
    const found = all.filter(({ series: [id] }) => matchesSearch(named(id ?? -1)?.text ?? '', this.query))
    if (this.by === 'series') return sorted(found, this.order)
    // A source that is found is shown, and erased, whole.
    const sources = new Set(found.map(({ source }) => source))
    return sorted(sourceRows(all.filter(({ source }) => sources.has(source))), this.order)
  })

  async load(): Promise<void> {
    const outcome = await connection.call('storage', undefined, LONG_MS)
    if (outcome.ok) this.report = outcome.value
  }

  sortBy(column: SizeColumn): void {
    const same = this.order.column === column
    this.order = { column, descending: same ? !this.order.descending : column !== 'title' }
  }

  async compact(): Promise<void> {
    this.busy = true
    const outcome = await connection.call('compactFile', undefined, LONG_MS)
    this.busy = false
    if (!outcome.ok) return toasts.fail(t('data.notCompacted'), outcome.error)
    toasts.say(t('data.compacted', { size: formatBytes(Math.max(0, outcome.value), i18n.language) }))
    await this.load()
  }

  /** @param from and `to`: event times, ms; null: without bound */
  async erase(row: SizeRow, from: number | null, to: number | null): Promise<void> {
    this.erasing = null
    this.busy = true
    const outcome = await connection.call('eraseSamples', { series: [...row.series], from, to }, LONG_MS)
    this.busy = false
    if (!outcome.ok) return toasts.fail(t('data.notErased'), outcome.error)
    toasts.say(t('data.erased', { name: row.title }))
    await this.load()
  }
}

function named(id: number): Named | undefined {
  const info = session.seriesById.get(id)
  if (info === undefined) return undefined
  const sourceName = session.source(info.source)?.name ?? info.source
  return { title: titleOf(info), source: info.source, sourceName, text: searchText(info, sourceName) }
}
