/** When the next snapshot is due: by time, or by the samples that a start would have to repeat. */
const SNAPSHOT_EVERY_MS = 10_000

export class SnapshotPace {
  private last = performance.now()
  private samples = 0

  /** @param most samples between two of them */
  constructor(private readonly most: number) {}

  get isDue(): boolean {
    return performance.now() - this.last >= SNAPSHOT_EVERY_MS || this.samples >= this.most
  }

  committed(samples: number): void {
    this.samples += samples
  }

  /** The next is due at once. */
  hurry(): void {
    this.last = -Infinity
  }

  taken(): void {
    this.last = performance.now()
    this.samples = 0
  }
}
