/** Columns of samples for benches of the store. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface Columns {
  /** ms since the epoch. */
  readonly times: Float64Array
  readonly values: Float64Array
}

/** `round(20 + 5 sin(t/500) + N(0, 0.1), 2)` at 1 Hz. */
export function synthetic(seconds: number, start = 1_700_000_000_000): Columns {
  const columns = { times: new Float64Array(seconds), values: new Float64Array(seconds) }
  const random = seeded()
  for (let i = 0; i < seconds; i++) {
    const noise = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    columns.times[i] = start + i * 1000
    columns.values[i] = Math.round((20 + 5 * Math.sin(i / 500) + noise / 10) * 100) / 100
  }
  return columns
}

/** Values with all the digits of a double, at microseconds up to 0.1 s beside whole seconds. */
export function fullDoubles(seconds: number, start = 1_700_000_000_000): Columns {
  const columns = { times: new Float64Array(seconds), values: new Float64Array(seconds) }
  const random = seeded()
  for (let i = 0; i < seconds; i++) {
    columns.times[i] = start + i * 1000 + Math.floor(random() * 1e5) / 1000
    columns.values[i] = 5 * Math.sin(i / 500) + random()
  }
  return columns
}

function seeded(): () => number {
  let seed = 42
  return () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

const NAB = resolve('../shared/data/nab')

/** The labelled files of the Numenta Anomaly Benchmark; empty where the folder is not there. */
export function nab(): Columns[] {
  if (!existsSync(NAB)) return []
  const files = readdirSync(NAB, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.csv'))
  return files.map((file) => {
    const lines = readFileSync(join(NAB, file), 'utf8').split(/\r?\n/).slice(1).filter(Boolean)
    const rows = lines.map((line) => line.split(','))
    return {
      times: Float64Array.from(rows, ([time]) => Date.parse(`${(time as string).replace(' ', 'T')}Z`)),
      values: Float64Array.from(rows, ([, value]) => Number(value)),
    }
  })
}
