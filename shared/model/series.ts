/** A series is (source id, name, labels); unit and display name are metadata that may change. */

/** Position of a series in the database's series table; stable for the life of the file. */
export type SeriesId = number

/**
 * The source of series that no source sends: groups, joined series, and results that other pipelines read. They are
 * keys of pipelines, and as many as their members at most. No source may have this id.
 */
export const DERIVED_SOURCE = 'group'

export interface SeriesKey {
  readonly source: string
  /** The field's path in the record, such as `temperature` or `motor.current`. */
  readonly name: string
  /** Sorted by name when formatted; order is not identity. */
  readonly labels: Readonly<Record<string, string>>
}

export interface SeriesInfo extends SeriesKey {
  readonly id: SeriesId
  readonly unit?: string
  readonly display?: string
}

/** One canonical text per series: equal keys give equal texts, whatever the order of their labels. */
export function seriesKeyText(key: SeriesKey): string {
  const labels = Object.keys(key.labels).sort()
  return JSON.stringify([key.source, key.name, labels.map((name) => [name, key.labels[name]])])
}

/** `name{device="boiler"}`: the form people read and type. */
export function formatSeries(key: Pick<SeriesKey, 'name' | 'labels'>): string {
  const labels = Object.keys(key.labels).sort()
  if (labels.length === 0) return key.name
  return `${key.name}{${labels.map((name) => `${name}=${JSON.stringify(key.labels[name])}`).join(', ')}}`
}
