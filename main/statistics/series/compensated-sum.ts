/** Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974. */
export class CompensatedSum {
  sum = 0
  /** What the additions have lost of the smaller terms. */
  lost = 0

  /** Right to the last bits whatever the order and size of the terms; not finite once a sum passed 1.8e308. */
  get value(): number {
    return this.sum + this.lost
  }

  add(term: number): void {
    const { sum } = this
    const total = sum + term
    this.sum = total
    // Of an infinite sum it would be NaN.
    if (Number.isFinite(total)) this.lost += Math.abs(sum) >= Math.abs(term) ? sum - total + term : term - total + sum
  }

  clear(): void {
    this.sum = 0
    this.lost = 0
  }
}
