/** What the palette offers for a query: commands always, sources and series once something is typed. Pure. */
import type { SourceConfig } from '../../shared/config/workspace'
import type { SeriesInfo } from '../../shared/model/series'
import { matchesSearch, searchText } from '../state/seriesName'

export interface PaletteCommand {
  readonly id: string
  readonly text: string
  readonly keys?: string
}
export type PaletteEntry =
  | {
      readonly kind: 'command'
      readonly id: string
      readonly text: string
      readonly end: string
      readonly command: string
    }
  | {
      readonly kind: 'source'
      readonly id: string
      readonly text: string
      readonly end: string
      readonly source: string
    }
  | {
      readonly kind: 'series'
      readonly id: string
      readonly text: string
      readonly end: string
      readonly series: number
    }

const MOST = 12

export function findForPalette(
  query: string,
  commands: readonly PaletteCommand[],
  series: readonly SeriesInfo[],
  sources: readonly SourceConfig[],
  titleOf: (info: SeriesInfo) => string,
): PaletteEntry[] {
  const typed = query.trim()
  const entries: PaletteEntry[] = commands
    .filter(({ text, id }) => matchesSearch(`${text} ${id}`.toLowerCase(), typed))
    .map(({ id, text, keys }) => ({ kind: 'command', id: `command-${id}`, text, end: keys ?? '', command: id }))
  if (!typed) return entries
  for (const source of sources) {
    if (matchesSearch(`${source.name} ${source.id}`.toLowerCase(), typed))
      entries.push({ kind: 'source', id: `source-${source.id}`, text: source.name, end: source.id, source: source.id })
  }
  let found = 0
  for (const info of series) {
    if (found === MOST) break
    const title = titleOf(info)
    if (!matchesSearch(`${title} ${searchText(info, info.source)}`.toLowerCase(), typed)) continue
    entries.push({ kind: 'series', id: `series-${info.id}`, text: title, end: info.source, series: info.id })
    found++
  }
  return entries
}
