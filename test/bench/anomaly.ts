/**
 * The anomaly score on a labelled corpus: `npm run bench -- anomaly [--data DIR] [--scores OUT]`, DIR laid out as the
 * Numenta Anomaly Benchmark, by default ../shared/data/nab. One set of constants and one threshold for all files. With
 * --scores each file's scores are written to the same sub-folder of OUT. The last line of standard output is one JSON
 * object; `standard` and the two after it are NAB's profiles, which grant up to 750 rows to learn; `fixed_learning` is the standard
 * profile where all rows count but the few in which the score is silent.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ANOMALY_ALARM, ANOMALY_LEARNING, AnomalyScore } from '../../main/statistics/anomaly/anomaly-score'
import { readCorpus } from './support/nab/corpus'
import type { CorpusFile } from './support/nab/corpus'
import { normalised, probation, rawScore, REWARD_LOW_FN, REWARD_LOW_FP, STANDARD } from './support/nab/scoring'
import type { Profile } from './support/nab/scoring'

const SERIES = 1000
const SAMPLES = 400_000

const { values } = parseArgs({
  options: { data: { type: 'string', default: join('..', 'shared', 'data', 'nab') }, scores: { type: 'string' } },
})
const files = readCorpus(values.data)
const scores = files.map(scoresOf)
if (values.scores !== undefined) writeScores(values.scores)
console.log(
  JSON.stringify({
    standard: result(STANDARD),
    reward_low_FP: result(REWARD_LOW_FP),
    reward_low_FN: result(REWARD_LOW_FN),
    threshold: ANOMALY_ALARM,
    fixed_learning: result(STANDARD, () => ANOMALY_LEARNING),
    samples_per_s: Math.round(speed()),
  }),
)

function scoresOf(file: CorpusFile): Float64Array {
  const score = new AnomalyScore()
  return file.value.map((value, i) => score.add(file.time[i] as number, value))
}

function result(profile: Profile, from: (rows: number) => number = probation): number {
  let raw = 0
  files.forEach(
    (file, i) => (raw += rawScore(file, scores[i] as Float64Array, ANOMALY_ALARM, profile, from(file.rows))),
  )
  return Number(normalised(files, raw, profile, from).toFixed(4))
}

function writeScores(out: string): void {
  files.forEach((file, i) => {
    const rows = file.timestamps.map((timestamp, row) => `${timestamp},${file.value[row]},${scores[i]?.[row]}\n`)
    const path = join(out, file.name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `timestamp,value,anomaly_score\n${rows.join('')}`)
  })
}

/** Samples per second of CPU over 1,000 series in turn. */
function speed(): number {
  const series = Array.from({ length: SERIES }, () => new AnomalyScore())
  const run = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const second = Math.floor(i / SERIES)
      const noise = ((i * 7919) % 1009) / 1009
      series[i % SERIES]?.add(second * 1000, 20 + 5 * Math.sin(second / 60) + noise)
    }
  }
  run(0, SAMPLES / 4)
  const before = process.cpuUsage()
  run(SAMPLES / 4, SAMPLES)
  const used = process.cpuUsage(before)
  return (SAMPLES * 0.75) / ((used.user + used.system) / 1e6)
}
