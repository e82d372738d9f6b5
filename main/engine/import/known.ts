/** Which of the samples that are to be imported are stored already. */
import type { StoredSamples } from '../../pipeline/series-columns'
import type { SampleBatch } from '../../../shared/model/samples'
import type { SeriesId } from '../../../shared/model/series'

/**
 * A sample is known where its series has one of the same time and value; of several equal ones as many are known as are
 * stored. So a file that is imported twice adds nothing, and one that was cut off is completed by importing it again.
 * @returns a flag a sample
 */
export async function knownSamples(stored: StoredSamples, batch: SampleBatch): Promise<Uint8Array> {
  const known = new Uint8Array(batch.length)
  const bySeries = orderBySeries(batch)
  let from = Infinity
  let to = -Infinity
  for (let i = 0; i < batch.length; i++) {
    from = Math.min(from, batch.time[i] as number)
    to = Math.max(to, batch.time[i] as number)
  }
  const next = new Map<SeriesId, number>()
  for await (const part of stored.samples({ series: new Set(bySeries.keys()), from, to })) {
    if (part.length === 0) continue
    const series = part.series[0] as number
    const order = bySeries.get(series) ?? []
    next.set(series, mark(part, batch, order, next.get(series) ?? 0, known))
  }
  return known
}

/** Positions by series, each in the order of time. */
function orderBySeries(batch: SampleBatch): Map<SeriesId, number[]> {
  const orders = new Map<SeriesId, number[]>()
  for (let i = 0; i < batch.length; i++) {
    const order = orders.get(batch.series[i] as number)
    if (order === undefined) orders.set(batch.series[i] as number, [i])
    else order.push(i)
  }
  for (const order of orders.values()) order.sort((a, b) => (batch.time[a] as number) - (batch.time[b] as number))
  return orders
}

/** Both are in the order of time. @returns where the next part goes on */
function mark(
  part: SampleBatch,
  batch: SampleBatch,
  order: readonly number[],
  start: number,
  known: Uint8Array,
): number {
  let at = start
  for (let i = 0; i < part.length; i++) {
    const time = part.time[i] as number
    while (at < order.length && (batch.time[order[at] as number] as number) < time) at += 1
    for (let k = at; k < order.length; k++) {
      const candidate = order[k] as number
      if (batch.time[candidate] !== time) break
      if (known[candidate] === 1 || !Object.is(batch.value[candidate], part.value[i])) continue
      known[candidate] = 1
      break
    }
  }
  return at
}
