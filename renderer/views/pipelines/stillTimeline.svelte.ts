/** A crosshair of its own: a preview stands still and is neither zoomed nor moved. */
import type { EpochMs } from '../../../shared/model/time'

export class StillTimeline {
  crosshair = $state<EpochMs | null>(null)

  zoom(): void {}
  pan(): void {}
  scale(): void {}
  back(): void {}
}
