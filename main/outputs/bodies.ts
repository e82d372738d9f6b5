/** What receivers get of a result or an alert. */
import { createHash } from 'node:crypto'
import type { AlertBody, AlertEntry, ResultBody } from '../contracts'
import type { WindowResult } from '../../shared/model/results'
import { seriesKeyText } from '../../shared/model/series'
import type { SeriesInfo } from '../../shared/model/series'
import { toMicros } from '../../shared/model/time'

/** What a body says of its series; `source` is the one whose readings reach it. */
export interface Named {
  readonly info: SeriesInfo | undefined
  readonly source: string
  /** In place of that of the series; null: none. */
  readonly unit?: string | null | undefined
}

export function resultBody(result: WindowResult, aggregates: readonly string[], about: Named): ResultBody {
  const { pipeline, start, end, index, revision, repaired, replaces, values } = result
  const what = index === undefined ? `${toMicros(start)}:${toMicros(end)}` : index
  return {
    kind: 'result',
    id: [pipeline, keyHash(about), what, revision].join(':'),
    pipeline,
    ...subject(about),
    start,
    end,
    ...(index === undefined ? {} : { index }),
    revision,
    ...(repaired === true ? { repaired } : {}),
    ...(replaces === undefined || replaces.length === 0 ? {} : { replaces }),
    statistics: Object.fromEntries(aggregates.map((name, i) => [name, finite(values[i] as number)])),
  }
}

export function alertBody(event: AlertEntry, about: Named): AlertBody {
  const { id, rule, name, severity, from, to, time, at, value, reason, revised, notify } = event
  return {
    kind: 'alert',
    ...{ id, rule, name, severity, ...subject(about), from, to, time, at, value: finite(value), reason, notify },
    ...(revised ? { revised } : {}),
  }
}

/** Numbers of series differ from file to file, and receivers outlive a file. */
function keyHash({ info, source }: Named): string {
  const text = info === undefined ? source : seriesKeyText(info)
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function subject({ info, source, unit }: Named) {
  const labels = info?.labels ?? {}
  return { source, series: info?.name ?? null, labels, unit: unit === undefined ? (info?.unit ?? null) : unit }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
