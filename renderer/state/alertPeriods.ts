/** Stretches of time in which a series was an alert. Pure. */
import { isAlertState } from '../../shared/model/alert'
import type { AlertEvent } from '../../shared/model/alert'
import type { SeriesId } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { AlertMarks } from '../charts/alertMarks'

type Period = AlertMarks['periods'][number]

/** When each series was an alert, of changes that are newest first. */
export function periodsOf(recent: readonly AlertEvent[]): Map<SeriesId, Period[]> {
  const found = new Map<SeriesId, Period[]>()
  const ends = new Map<string, EpochMs>()
  for (const { rule, series, from, to, time, severity } of recent) {
    if (series === null) continue
    const key = `${rule} ${series}`
    const [before, after] = [isAlertState(from), isAlertState(to)]
    if (before && !after) ends.set(key, time)
    if (before || !after) continue
    found.set(series, [...(found.get(series) ?? []), { from: time, to: ends.get(key) ?? Infinity, tone: severity }])
    ends.delete(key)
  }
  return found
}
