/** How large the steps of a running engine are; other than usual for rehearsed crashes. */
import { COMPACTION } from '../store/compaction/compactor'
import type { StepListener } from '../store/steps'

export interface RuntimeTuning {
  /** Samples of a compaction pass. */
  readonly passSamples: number
  readonly onStep: StepListener
  /** A snapshot is due after so many samples, or after ten seconds. */
  readonly snapshotSamples: number
}

export const USUAL: RuntimeTuning = {
  passSamples: COMPACTION.pass,
  onStep: () => undefined,
  snapshotSamples: 4_000_000,
}
