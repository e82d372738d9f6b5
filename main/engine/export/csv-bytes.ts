/** Text as UTF-8 bytes in one buffer that is used again: rows are made without garbage for the collector. */

/** Decimals that are tried; at most 9 + 6 digits, and any two numbers of 15 digits are two doubles. */
const POWERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
const WHOLE_END = 1e9

export class CsvBytes {
  private bytes = new Uint8Array(1 << 20)
  private at = 0

  /** What was written since the last call; a view that the next write overwrites. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.at)
    this.at = 0
    return taken
  }

  /** Bytes that are ready; a loop is faster than `set` for so few. */
  literal(bytes: Uint8Array): void {
    this.ensure(bytes.length)
    for (let i = 0; i < bytes.length; i++) this.bytes[this.at++] = bytes[i] as number
  }

  byte(code: number): void {
    this.ensure(1)
    this.bytes[this.at++] = code
  }

  /** Of ASCII characters only; a point becomes `point`. */
  ascii(text: string, point: number): void {
    this.ensure(text.length)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      this.bytes[this.at++] = code === POINT ? point : code
    }
  }

  /**
   * What String(value) gives, and -0 with its sign: the shortest decimal that reads back as the same double. A number
   * of few decimals needs no String: n / 10^k with at most 15 digits is the only such decimal where it is the double.
   */
  number(value: number, point: number): void {
    const magnitude = Math.abs(value)
    if (magnitude < WHOLE_END)
      for (let k = 0; k < POWERS.length; k++) {
        const power = POWERS[k] as number
        const scaled = Math.round(magnitude * power)
        if (scaled / power !== magnitude) continue
        if (value < 0 || Object.is(value, -0)) this.byte(MINUS)
        const whole = Math.floor(magnitude)
        this.digits(whole, digitsOf(whole))
        if (k === 0) return
        this.byte(point)
        this.digits(scaled - whole * power, k)
        return
      }
    this.ascii(String(value), point)
  }

  /** The last `count` digits of a whole number below 2^31. */
  digits(n: number, count: number): void {
    this.ensure(count)
    let rest = n | 0
    for (let at = this.at + count - 1; at >= this.at; at--) {
      const tenth = (rest / 10) | 0
      this.bytes[at] = ZERO + rest - tenth * 10
      rest = tenth
    }
    this.at += count
  }

  private ensure(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const wider = new Uint8Array(Math.max(this.at + more, this.bytes.length * 2))
    wider.set(this.bytes)
    this.bytes = wider
  }
}

function digitsOf(whole: number): number {
  let count = 1
  for (let end = 10; end <= whole; end *= 10) count += 1
  return count
}

const ZERO = 48
const MINUS = 45
export const POINT = 46
export const COMMA = 44
export const COLON = 58
