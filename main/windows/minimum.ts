/** The smallest watermark of the members that hold a clock back: an indexed binary heap. */

/** Members are whole numbers; a watermark may rise only, and `raised` must be told. O(log n) a change, O(1) to read. */
export class ActiveMinimum {
  private readonly heap: number[] = []
  private readonly position = new Map<number, number>()

  constructor(private readonly watermark: (member: number) => number) {}

  get size(): number {
    return this.heap.length
  }

  has(member: number): boolean {
    return this.position.has(member)
  }

  /** The smallest watermark, or +∞ without members. */
  get(): number {
    return this.heap.length === 0 ? Infinity : this.watermark(this.heap[0] as number)
  }

  add(member: number): void {
    if (this.position.has(member)) return
    this.heap.push(member)
    this.up(this.heap.length - 1)
  }

  remove(member: number): void {
    const at = this.position.get(member)
    if (at === undefined) return
    this.position.delete(member)
    const last = this.heap.pop() as number
    if (last === member) return
    this.heap[at] = last
    this.position.set(last, at)
    this.up(at)
    this.down(this.position.get(last) as number)
  }

  /** To be called after the member's watermark rose. */
  raised(member: number): void {
    const at = this.position.get(member)
    if (at !== undefined) this.down(at)
  }

  private up(start: number): void {
    let at = start
    const member = this.heap[at] as number
    const mine = this.watermark(member)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.watermark(this.heap[parent] as number) <= mine) break
      this.put(this.heap[parent] as number, at)
      at = parent
    }
    this.put(member, at)
  }

  private down(start: number): void {
    let at = start
    const member = this.heap[at] as number
    const mine = this.watermark(member)
    for (;;) {
      let child = at * 2 + 1
      if (child >= this.heap.length) break
      const other = child + 1
      if (
        other < this.heap.length &&
        this.watermark(this.heap[other] as number) < this.watermark(this.heap[child] as number)
      ) {
        child = other
      }
      if (this.watermark(this.heap[child] as number) >= mine) break
      this.put(this.heap[child] as number, at)
      at = child
    }
    this.put(member, at)
  }

  private put(member: number, at: number): void {
    this.heap[at] = member
    this.position.set(member, at)
  }
}
