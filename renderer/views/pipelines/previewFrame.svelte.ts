/** The results of a preview as the frame of a chart that stands still. */
import type { SeriesFrame } from '../../../shared/ipc/engine'
import type { EpochMs } from '../../../shared/model/time'
import { readoutAt } from '../../charts/readout'
import { formatValue } from '../../state/format'

/** @param windows start, end, value …; null values (NaN) are gaps. */
export function previewFrame(windows: Float64Array): SeriesFrame {
  return {
    id: 0,
    points: new Float64Array(0),
    windows,
    provisional: null,
    count: 0,
    min: NaN,
    max: NaN,
    mean: NaN,
    last: null,
    stale: false,
  }
}

/** A crosshair of its own; a preview is neither zoomed nor moved. */
export class StillTimeline {
  crosshair = $state<EpochMs | null>(null)

  zoom(): void {}
  pan(): void {}
  scale(): void {}
  back(): void {}

  lines(frame: SeriesFrame, time: EpochMs, colour: number, name: string, language: string) {
    const { mean } = readoutAt(frame, time, 0)
    return mean === null || Number.isNaN(mean) ? [] : [{ colour, name, value: formatValue(mean, language) }]
  }
}
