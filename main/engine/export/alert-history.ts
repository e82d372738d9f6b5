/** The history of alerts as CSV (RFC 4180), newest first: one change a line. */
import type { AlertStore } from '../../contracts'
import type { AlertEvent } from '../../../shared/model/alert'
import type { SeriesId, SeriesInfo } from '../../../shared/model/series'
import { textCell } from '../../../shared/model/csv-cell'
import { writeWhole } from './whole-file'

const PAGE = 1000
const HEAD = [
  ...['time', 'found', 'rule', 'name', 'severity', 'source', 'series', 'labels', 'from', 'to', 'value', 'unit'],
  ...['reason', 'revised', 'notified', 'silenced until'],
]

/**
 * @param rule null: of all rules
 * @returns how many were written. @throws Error of the file system; then no file is left behind
 */
export async function exportAlertHistory(
  store: Pick<AlertStore, 'events'>,
  info: (series: SeriesId) => SeriesInfo | undefined,
  rule: string | null,
  path: string,
): Promise<number> {
  let written = 0
  await writeWhole(path, async (write) => {
    await write(`${HEAD.join(',')}\r\n`)
    const query = { rule, series: null, from: null, to: null, limit: PAGE }
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const events = await store.events({ ...query, before })
      const lines = events.map((event) => lineOf(event, event.series === null ? undefined : info(event.series)))
      await write(lines.join(''))
      written += events.length
      if (events.length < PAGE) return written
      before = events.at(-1)?.number ?? 0
    }
  })
  return written
}

function lineOf(event: AlertEvent, series: SeriesInfo | undefined): string {
  const labels = Object.entries(series?.labels ?? {}).map(([name, value]) => `${name}=${value}`)
  const cells = [
    new Date(event.time).toISOString(),
    new Date(event.at).toISOString(),
    ...[event.rule, event.name, event.severity, event.source, series?.name ?? '', labels.join(' ')].map(text),
    event.from,
    event.to,
    Number.isFinite(event.value) ? String(event.value) : '',
    text(series?.unit ?? ''),
    event.reason,
    event.revised ? '1' : '0',
    event.notify ?? '',
    event.until === null ? '' : new Date(event.until).toISOString(),
  ]
  return `${cells.join(',')}\r\n`
}

const text = (value: string): string => (value === '' ? '' : textCell(value, ',', true))
