/** Work in the engine's thread in slices: the event loop goes on between them. */

const SLICE_MS = 10

export class Slices {
  private since = performance.now()

  /** To be called between small steps; gives way where the slice is used up. */
  async turn(): Promise<void> {
    if (performance.now() - this.since < SLICE_MS) return
    await new Promise(setImmediate)
    this.since = performance.now()
  }
}
