/** Text as UTF-8 bytes in one buffer that is used again: rows are made without garbage for the collector. */

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

  /** Of ASCII characters only, such as a number's; a point becomes `point`. */
  number(text: string, point: number): void {
    this.ensure(text.length)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      this.bytes[this.at++] = code === POINT ? point : code
    }
  }

  /** 0 to 999. */
  threeDigits(n: number): void {
    this.ensure(3)
    this.bytes[this.at++] = ZERO + Math.floor(n / 100)
    this.bytes[this.at++] = ZERO + (Math.floor(n / 10) % 10)
    this.bytes[this.at++] = ZERO + (n % 10)
  }

  private ensure(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const wider = new Uint8Array(Math.max(this.at + more, this.bytes.length * 2))
    wider.set(this.bytes)
    this.bytes = wider
  }
}

const ZERO = 48
export const POINT = 46
export const COMMA = 44
