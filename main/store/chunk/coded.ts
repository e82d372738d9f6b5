/**
 * The best prediction of the numbers, and its residuals entropy-coded.
 *
 *     u8 predictor, signed parameter (predictors.ts), residuals (residual-model.ts)
 *
 * The predictor is chosen on runs of the column by the mean of log2(|residual| + ½) and a bit for the sign where both
 * occur, which ranks them as the coder does.
 */
import type { IntegerCodec } from './contracts'
import { MAX_CHUNK_SAMPLES, boundedSigned } from './contracts'
import { PREDICTORS, predictorOf } from './predictors'
import type { Predictor } from './predictors'
import { readResiduals } from './residual-decoder'
import { writeResiduals } from './residual-encoder'

/** Runs that the choice looks at, and their length: long enough for a trend to settle. */
const RUNS = 4
const RUN = 96
/** The first residuals of a run are those of a cold start and do not count. */
const SETTLE = 24
/** The entropy of evenly spread residuals is 1.44 bits above the mean of their log2, and 0.06 are lost in its estimate. */
const LEAST_ABOVE_LOG = 1.5

const residuals = new Float64Array(MAX_CHUNK_SAMPLES)
const sorted = new Float64Array(64)

export const coded: IntegerCodec = {
  name: 'coded',
  id: 2,
  encode(numbers, n, _most, budget, out) {
    const { predictor, parameter, bits } = choose(numbers, n)
    if ((n * (bits + LEAST_ABOVE_LOG)) / 8 > budget) return false
    out.byte(predictor.id)
    out.signed(parameter)
    predictor.predict(numbers, 0, n, parameter, residuals)
    writeResiduals(residuals, n, out)
    return true
  },
  decode(reader, numbers, n) {
    const predictor = predictorOf(reader.byte())
    const parameter = boundedSigned(reader)
    readResiduals(reader, numbers, n)
    predictor.restore(numbers, n, parameter)
  },
}

interface Choice {
  readonly predictor: Predictor
  readonly parameter: number
  /** What its residuals cost, less a constant. */
  readonly bits: number
}

function choose(numbers: Float64Array, n: number): Choice {
  const middle = middleOf(n, (i) => numbers[i] as number)
  const step = middleOf(n - 1, (i) => (numbers[i + 1] as number) - (numbers[i] as number))
  let best: Choice = { predictor: PREDICTORS[0] as Predictor, parameter: 0, bits: Infinity }
  for (const predictor of PREDICTORS)
    for (const parameter of predictor.parameters(middle, step)) {
      const bits = bitsOf(predictor, parameter, numbers, n)
      if (bits < best.bits) best = { predictor, parameter, bits }
    }
  return best
}

/** The median of up to 64 numbers spread over the column. */
function middleOf(n: number, at: (i: number) => number): number {
  const size = Math.min(n, sorted.length)
  for (let i = 0; i < size; i++) sorted[i] = at(Math.floor((i * n) / size))
  return size <= 0 ? 0 : (sorted.subarray(0, size).sort()[size >> 1] as number)
}

const asDouble = new Float64Array(1)
const asInts = new Int32Array(asDouble.buffer)
const EXPONENT_BIAS = 1023
const BITS_BELOW_EXPONENT = 20

function bitsOf(predictor: Predictor, parameter: number, numbers: Float64Array, n: number): number {
  const runs = n > RUNS * RUN ? RUNS : 1
  const length = runs === 1 ? n : RUN
  const settle = Math.min(SETTLE, n >> 2)
  let sum = 0
  let negative = 0
  let positive = 0
  for (let run = 0; run < runs; run++) {
    const from = runs === 1 ? 0 : Math.floor((run * (n - RUN)) / (runs - 1))
    predictor.predict(numbers, from, from + length, parameter, residuals)
    for (let i = settle; i < length; i++) {
      const residual = residuals[i] as number
      if (residual < 0) negative++
      else if (residual > 0) positive++
      // The upper half of a double is its exponent and the first bits after the point: log2, straight between powers.
      asDouble[0] = Math.abs(residual) + 0.5
      sum += asInts[1] as number
    }
  }
  const logs = sum / 2 ** BITS_BELOW_EXPONENT
  const signs = negative > 0 && positive > 0 ? negative + positive : 0
  return (logs + signs) / (runs * (length - settle)) - EXPONENT_BIAS
}
