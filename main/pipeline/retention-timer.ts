/** Applies the workspace's retention from time to time, in the background. */
import type { Removed, RetentionPlan, Store } from '../contracts'
import type { DurationMs } from '../../shared/model/time'

const EVERY_MS = 600_000

export interface RetentionTimerParts {
  readonly store: Pick<Store, 'retain'>
  readonly plan: () => RetentionPlan
  readonly removed: (removed: Removed) => void
  readonly trouble: (error: unknown) => void
}

export class RetentionTimer {
  private next: DurationMs = -Infinity

  constructor(private readonly parts: RetentionTimerParts) {}

  /** The settings are others. */
  soon(): void {
    this.next = -Infinity
  }

  /** What fails, such as on a full disk, is tried again the next time. @param now on the monotonic clock */
  tick(now: DurationMs): void {
    if (now < this.next) return
    this.next = Infinity
    const { store, plan, removed, trouble } = this.parts
    void store
      .retain(plan())
      .then(removed)
      .catch(trouble)
      .finally(() => (this.next = performance.now() + EVERY_MS))
  }
}
