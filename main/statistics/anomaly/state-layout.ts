/** Where the parts of a state lie in its Float64Array: all series share the parts, each has one array, its snapshot. */
export class StateLayout {
  length = 0

  /** Where the next `length` numbers begin. */
  take(length: number): number {
    const from = this.length
    this.length += length
    return from
  }
}
