/**
 * Results as input: windows downstream take each result once, when its window's state is dropped, as a sample of its
 * derived series at `end − 1 µs`; their clock is the upstream's W − allowedLateness and follows those results.
 */
import type { WindowOperator, WindowOutput } from '../contracts'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { SampleBuffer } from '../../shared/model/samples'
import type { SeriesId } from '../../shared/model/series'

const MICROSECOND: DurationMs = 0.001

export interface Downstream {
  /** Made with `movedBy: 'given'`. */
  readonly operator: WindowOperator
  readonly output: WindowOutput
  readonly clock: 'series' | 'source'
  /** Which of the upstream's statistics is the sample's value. */
  readonly statistic: number
  /** The derived series of an upstream key. */
  seriesOf(key: number): SeriesId
}

/** An upstream output that also feeds `downstream`. @param allowedLateness the upstream's */
export function feedingDownstream(
  upstream: WindowOutput,
  allowedLateness: DurationMs,
  downstream: Downstream,
): WindowOutput {
  const { operator, output, clock, statistic } = downstream
  const samples = new SampleBuffer(16)
  const known = new Set<SeriesId>()
  const advance = (key: number | null, watermark: EpochMs): void => {
    if (watermark === Infinity) operator.end(output)
    else if (clock === 'source') operator.advanceTo(key === null ? '' : String(key), watermark, output)
    else if (key !== null) operator.advanceTo(downstream.seriesOf(key), watermark, output)
    else for (const series of known) operator.advanceTo(series, watermark, output)
  }
  return {
    fire: (result) => upstream.fire(result),
    late: (series, time, value) => upstream.late(series, time, value),
    unassigned: (series, time) => upstream.unassigned(series, time),
    mark: (mark) => upstream.mark(mark),
    missed: (key, time, watermark) => upstream.missed?.(key, time, watermark),
    settled: (result) => {
      upstream.settled?.(result)
      const series = downstream.seriesOf(result.key)
      known.add(series)
      samples.push(series, result.end - MICROSECOND, result.values[statistic] as number, 0)
    },
    clock: (key, watermark) => {
      upstream.clock?.(key, watermark)
      if (samples.length > 0)
        operator.process(samples, clock === 'source' && key !== null ? String(key) : '', 0, output)
      samples.clear()
      advance(key, watermark - allowedLateness)
    },
  }
}
