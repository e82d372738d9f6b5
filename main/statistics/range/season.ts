/** The season of a range: as it is given, or as its readings tell. */
import type { DurationMs } from '../../../shared/model/time'
import { detectPeriods } from '../series'
import type { Even } from './even'

/** Detection wants few points a period, not many: a period of a day is found among minutes as well as among seconds. */
const MOST = 20_000

/** @returns null where nothing repeats itself @param given ms, or null: it is looked for */
export function periodOf({ values, step }: Even, given: DurationMs | null): DurationMs | null {
  if (given !== null) return given
  const every = Math.ceil(values.length / MOST)
  const fewer = every === 1 ? values : meansOfEvery(values, every)
  const [found] = detectPeriods(fewer)
  return found === undefined ? null : found.period * every * step
}

export function meansOfEvery(values: Float64Array, every: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / every) }, (_, i) => {
    let sum = 0
    for (let k = 0; k < every; k++) sum += values[i * every + k] as number
    return sum / every
  })
}
