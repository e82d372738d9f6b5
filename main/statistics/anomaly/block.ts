/** The whole state of one series in one Float64Array: its size is its bound, a copy of it is the snapshot. */
export class StateBlock {
  readonly state: Float64Array
  private taken = 0

  /** `length`: numbers that the parts take together. */
  constructor(length: number) {
    this.state = new Float64Array(length)
  }

  /** The next `length` numbers. @throws RangeError where the block is too small. */
  take(length: number): Float64Array {
    const from = this.taken
    this.taken += length
    if (this.taken > this.state.length) throw new RangeError(`the state needs more than ${this.state.length} numbers`)
    return this.state.subarray(from, this.taken)
  }
}
