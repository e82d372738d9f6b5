/** How a series is called on the screen, and which colour it keeps everywhere. */
import { DERIVED_SOURCE, formatSeries } from '../../shared/model/series'
import type { SeriesId, SeriesInfo } from '../../shared/model/series'

export const COLOURS = 8

/** The name of the series that stand for groups. */
const GROUP = 'group'

/** 1–8; series made one after the other get different ones. */
export const colourOf = (id: SeriesId): number => ((((id - 1) % COLOURS) + COLOURS) % COLOURS) + 1

/** The colour of the window mean over a raw line: its neighbour in the palette. */
export const meanColourOf = (id: SeriesId): number => {
  const colour = colourOf(id)
  return colour % 2 === 1 ? colour + 1 : colour - 1
}

/** The display name where one was given, else `boiler / temperature`; a group is called by the labels it agrees in. */
export function seriesTitle(info: SeriesInfo): string {
  const group = info.source === DERIVED_SOURCE && info.name === GROUP
  if (group) return labelPath(info).filter(Boolean).join(' / ') || GROUP
  return info.display ?? [...labelPath(info), info.name].join(' / ')
}

/** Label values in the order of their names: the branches of the tree. */
export function labelPath(info: SeriesInfo): string[] {
  return Object.keys(info.labels)
    .sort()
    .map((name) => info.labels[name] ?? '')
}

/** Everything a search may hit. */
export function searchText(info: SeriesInfo, sourceName: string): string {
  return `${sourceName} ${info.display ?? ''} ${formatSeries(info)} ${labelPath(info).join(' ')} ${info.unit ?? ''}`.toLowerCase()
}

/** True where every word of the query occurs. */
export function matchesSearch(text: string, query: string): boolean {
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
