/**
 * Reads go on side by side; what erases for good waits until none is under way: as long as a read holds its state of
 * the file, what was erased is still in the log.
 */
export class ReadGate {
  private reads = 0
  private closed: Promise<unknown> | null = null
  private readonly waiting: (() => void)[] = []

  /** @returns what ends the read. */
  async enter(): Promise<() => void> {
    while (this.closed !== null) await this.closed
    this.reads += 1
    let left = false
    return () => {
      if (left) return
      left = true
      this.reads -= 1
      if (this.reads === 0) for (const next of this.waiting.splice(0)) next()
    }
  }

  /** Reads that begin while the task runs wait for it: it must be short. Reads go first, however many there are. */
  async exclusive<T>(task: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.closed !== null) await this.closed
      else if (this.reads > 0) await new Promise<void>((resolve) => this.waiting.push(resolve))
      else break
    }
    const done = task()
    this.closed = done.then(
      () => (this.closed = null),
      () => (this.closed = null),
    )
    return done
  }
}
