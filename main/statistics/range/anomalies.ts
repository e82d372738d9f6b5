/** Where a series was unusual. */
import type { AnomaliesReport, Anomaly } from '../../../shared/ipc/analysis'
import type { EpochMs } from '../../../shared/model/time'
import { ANOMALY_ALARM, ANOMALY_LEARNING, AnomalyScore } from '../anomaly/anomaly-score'
import type { Readings } from './gathered'

const MOST = 1000
/** Alarms that follow each other within so many readings are one. */
const TOGETHER = 25

/**
 * As a live score would have told, had it begun with the first of these readings, but for the rest that it takes after an
 * alarm: of alarms that follow each other the highest is told.
 * @param readings also of before the range: they are learned from @param from of the range
 */
export function anomalies({ times, values, count }: Readings, from: EpochMs): AnomaliesReport {
  const score = new AnomalyScore(false)
  const found: Anomaly[] = []
  let last = -Infinity
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number
    const value = values[i] as number
    const told = score.add(time, value)
    if (told < ANOMALY_ALARM || time < from) continue
    const anomaly = { time, value, score: told, reason: score.reason }
    const before = found.at(-1)
    if (before === undefined || i - last > TOGETHER) found.push(anomaly)
    else if (told > before.score) found[found.length - 1] = anomaly
    last = i
  }
  return {
    ...{ what: 'anomalies', readings: count, step: null, averaged: false, filled: false, part: null },
    anomalies: found.slice(-MOST),
    learning: times.length <= ANOMALY_LEARNING,
  }
}
