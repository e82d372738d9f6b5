/**
 * Predictions of a column's next number from those before it; what is left, the residual, is small when the
 * prediction is good. Numbers lie in [0, 2^53], predictions are whole and cut to that range, so residuals are exact.
 *
 *     level      the same number always (a parameter)                      noise around a fixed level, counts
 *     previous   the number before plus a step (a parameter)               random walks; times, with the usual interval
 *     line       on through the two numbers before (delta of delta)        smooth curves
 *     parabola   on through the three numbers before                       very smooth curves with many digits
 *     trend      Holt 1957: level and slope, each moved by a share of the  noise around something that moves slowly;
 *                error; the parameter is a row of GAINS                    the steady state of a Kalman filter
 *
 * Linear prediction with up to 16 fitted coefficients gained 0.15% over these on 29 real series and costs more time.
 */
import { ChunkError } from './contracts'

const MOST = 2 ** 53

/** Level and slope gain of `trend`. Part of the format: rows may be added, never changed. */
const GAINS: readonly (readonly [level: number, slope: number])[] = [
  [1 / 2, 0],
  [1 / 4, 0],
  [1 / 8, 0],
  [1 / 16, 0],
  [1 / 2, 1 / 16],
  [1 / 4, 1 / 32],
  [1 / 8, 1 / 128],
  [1 / 16, 1 / 256],
]

export interface Predictor {
  readonly name: string
  /** Stands in the file; never reused. */
  readonly id: number
  /** Residuals of column[from, to), as if nothing came before `from`, which starts at 0. */
  predict(column: Float64Array, from: number, to: number, parameter: number, residuals: Float64Array): void
  /** Turns the first n residuals into numbers in place. */
  restore(column: Float64Array, n: number, parameter: number): void
  /** What is worth trying, given the middle number and the middle step of a sample; the smallest is 0. */
  parameters(middle: number, step: number): readonly number[]
}

const cut = (x: number): number => (x < 0 ? 0 : x > MOST ? MOST : x)
const none = [0]

const level: Predictor = {
  name: 'level',
  id: 0,
  predict(column, from, to, parameter, residuals) {
    for (let i = from; i < to; i++) residuals[i - from] = (column[i] as number) - parameter
  },
  restore(column, n, parameter) {
    for (let i = 0; i < n; i++) column[i] = (column[i] as number) + parameter
  },
  parameters: (middle) => (middle === 0 ? none : [0, middle]),
}

const previous: Predictor = {
  name: 'previous',
  id: 1,
  predict(column, from, to, parameter, residuals) {
    let last = 0
    for (let i = from; i < to; i++) {
      const x = column[i] as number
      residuals[i - from] = x - cut(last + parameter)
      last = x
    }
  },
  restore(column, n, parameter) {
    let last = 0
    for (let i = 0; i < n; i++) column[i] = last = cut(last + parameter) + (column[i] as number)
  },
  parameters: (_middle, step) => (step === 0 ? none : [0, step]),
}

const line: Predictor = {
  name: 'line',
  id: 2,
  predict(column, from, to, _parameter, residuals) {
    let [last, before] = [0, 0]
    for (let i = from; i < to; i++) {
      const x = column[i] as number
      residuals[i - from] = x - cut(2 * last - before)
      before = last
      last = x
    }
  },
  restore(column, n) {
    let [last, before] = [0, 0]
    for (let i = 0; i < n; i++) {
      const x = cut(2 * last - before) + (column[i] as number)
      column[i] = x
      before = last
      last = x
    }
  },
  parameters: () => none,
}

const parabola: Predictor = {
  name: 'parabola',
  id: 3,
  predict(column, from, to, _parameter, residuals) {
    let [a, b, c] = [0, 0, 0]
    for (let i = from; i < to; i++) {
      const x = column[i] as number
      residuals[i - from] = x - cut(3 * (a - b) + c)
      c = b
      b = a
      a = x
    }
  },
  restore(column, n) {
    let [a, b, c] = [0, 0, 0]
    for (let i = 0; i < n; i++) {
      const x = cut(3 * (a - b) + c) + (column[i] as number)
      column[i] = x
      c = b
      b = a
      a = x
    }
  },
  parameters: () => none,
}

const trend: Predictor = {
  name: 'trend',
  id: 4,
  predict(column, from, to, parameter, residuals) {
    const [levelGain, slopeGain] = gains(parameter)
    let at = to > from ? (column[from] as number) : 0
    let slope = 0
    residuals[0] = at
    for (let i = from + 1; i < to; i++) {
      const x = column[i] as number
      const next = at + slope
      const error = x - next
      residuals[i - from] = x - cut(Math.floor(next + 0.5))
      at = next + levelGain * error
      slope += slopeGain * error
    }
  },
  restore(column, n, parameter) {
    const [levelGain, slopeGain] = gains(parameter)
    let at = n > 0 ? (column[0] as number) : 0
    let slope = 0
    for (let i = 1; i < n; i++) {
      const next = at + slope
      const x = cut(Math.floor(next + 0.5)) + (column[i] as number)
      column[i] = x
      const error = x - next
      at = next + levelGain * error
      slope += slopeGain * error
    }
  },
  parameters: () => GAINS.map((_, row) => row),
}

function gains(row: number): readonly [number, number] {
  const found = GAINS[row]
  if (found === undefined) throw new ChunkError(`chunk with trend ${row}, which this version does not know`)
  return found
}

export const PREDICTORS: readonly Predictor[] = [level, previous, line, parabola, trend]

/** @throws ChunkError where the number names none. */
export function predictorOf(id: number): Predictor {
  const found = PREDICTORS[id]
  if (found === undefined) throw new ChunkError(`chunk with predictor ${id}, which this version does not know`)
  return found
}
