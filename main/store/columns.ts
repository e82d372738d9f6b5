/** Samples in the order of time, in columns that are merged; ties keep the order of their ranks. */
import type { EpochMs } from '../../shared/model/time'

export interface OrderedColumns {
  readonly series: Uint32Array
  readonly time: Float64Array
  readonly value: Float64Array
  readonly arrival: Float64Array
  /** What arrived first has the lower rank. */
  readonly rank: Float64Array
}

export function emptyColumns(length: number): OrderedColumns {
  return {
    series: new Uint32Array(length),
    time: new Float64Array(length),
    value: new Float64Array(length),
    arrival: new Float64Array(length),
    rank: new Float64Array(length),
  }
}

export function cutColumns(all: OrderedColumns, from: number, to = all.time.length): OrderedColumns {
  return {
    series: all.series.subarray(from, to),
    time: all.time.subarray(from, to),
    value: all.value.subarray(from, to),
    arrival: all.arrival.subarray(from, to),
    rank: all.rank.subarray(from, to),
  }
}

/** Of two ordered ones; where both the times and the ranks are equal, `a` goes first. */
export function mergeColumns(a: OrderedColumns, b: OrderedColumns): OrderedColumns {
  if (a.time.length === 0) return b
  if (b.time.length === 0) return a
  const out = emptyColumns(a.time.length + b.time.length)
  let i = 0
  let j = 0
  for (let at = 0; at < out.time.length; at++) {
    const fromA = j >= b.time.length || (i < a.time.length && !precedes(b, j, a, i))
    const from = fromA ? a : b
    const k = fromA ? i++ : j++
    out.series[at] = from.series[k] as number
    out.time[at] = from.time[k] as number
    out.value[at] = from.value[k] as number
    out.arrival[at] = from.arrival[k] as number
    out.rank[at] = from.rank[k] as number
  }
  return out
}

function precedes(a: OrderedColumns, i: number, b: OrderedColumns, j: number): boolean {
  const left = a.time[i] as number
  const right = b.time[j] as number
  return left < right || (left === right && (a.rank[i] as number) < (b.rank[j] as number))
}

/** Pairs of neighbours, then pairs of those: each sample is moved log2(parts) times. */
export async function mergeAll(parts: readonly OrderedColumns[]): Promise<OrderedColumns> {
  let rest = [...parts]
  while (rest.length > 1) {
    const next: OrderedColumns[] = []
    for (let i = 0; i < rest.length; i += 2) {
      next.push(mergeColumns(rest[i] as OrderedColumns, rest[i + 1] ?? emptyColumns(0)))
      await new Promise(setImmediate)
    }
    rest = next
  }
  return rest[0] ?? emptyColumns(0)
}

/** How many of the ordered times are before `time`. */
export function countBefore(times: Float64Array, time: EpochMs): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** Positions in the order of time; equal times keep their order. Null where they are in order already. */
export function timeOrder(times: Float64Array, length: number): Uint32Array | null {
  let sorted = true
  for (let i = 1; i < length && sorted; i++) sorted = (times[i] as number) >= (times[i - 1] as number)
  if (sorted) return null
  const order = Uint32Array.from({ length }, (_, i) => i)
  return order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
}
