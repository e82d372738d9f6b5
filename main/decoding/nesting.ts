/**
 * Counts what is still to come while the bytes of a record are looked over, before anything is made of them: a record
 * that claims four billion elements, or nests without end, costs nothing.
 */
import { isUtf8 } from 'node:buffer'
import { Rejected } from '../contracts'
import { MAX_NESTING, MAX_VALUES } from './structured'

/** Of lists and maps that end with a mark and not by their count. */
const LIST = -1
const MAP_AT_NAME = -2
const MAP_AT_VALUE = -3

export class Nesting {
  /** Values still to come, per level; the record is one value. */
  private readonly left = new Float64Array(MAX_NESTING + 1)
  private depth = 0
  private values = 0

  constructor(
    private readonly format: string,
    private readonly bytes: Uint8Array,
  ) {
    this.left[0] = 1
  }

  /** @returns false where the record's value is complete. */
  next(): boolean {
    while (this.left[this.depth] === 0) {
      if (this.depth === 0) return false
      this.depth -= 1
    }
    if (++this.values > MAX_VALUES) throw new Rejected(`more than ${MAX_VALUES} values in a record`)
    const left = this.left[this.depth] as number
    if (left > 0) this.left[this.depth] = left - 1
    else if (left !== LIST) this.left[this.depth] = left === MAP_AT_NAME ? MAP_AT_VALUE : MAP_AT_NAME
    return true
  }

  /** Each value needs a byte at least. */
  open(count: number, at: number): void {
    if (count > this.bytes.length - at) throw this.cutOff()
    this.enter(count)
  }

  openEndless(map: boolean): void {
    this.enter(map ? MAP_AT_NAME : LIST)
  }

  /** The mark that ends it; it was counted as a value by `next`. */
  close(at: number): void {
    const left = this.left[this.depth] as number
    if (left !== LIST && left !== MAP_AT_VALUE) throw this.wrong(`nothing ends at byte ${at}`)
    this.left[this.depth] = 0
  }

  private enter(count: number): void {
    if (this.depth === MAX_NESTING) throw new Rejected(`nested deeper than ${MAX_NESTING} levels`)
    this.left[++this.depth] = count
  }

  /** @returns the position behind a text. */
  text(at: number, length: number): number {
    const end = this.skip(at, length)
    for (let i = at; i < end; i++)
      if ((this.bytes[i] as number) > 0x7f) {
        if (isUtf8(this.bytes.subarray(i, end))) break
        throw new Rejected(`a text in the record is not UTF-8 (byte ${at})`)
      }
    return end
  }

  /** @returns the position behind `length` bytes. */
  skip(at: number, length: number): number {
    if (length > this.bytes.length - at) throw this.cutOff()
    return at + length
  }

  /** A big-endian number of 1, 2, 4 or 8 bytes. */
  number(at: number, size: number): number {
    this.skip(at, size)
    let value = 0
    for (let i = 0; i < size; i++) value = value * 256 + (this.bytes[at + i] as number)
    return value
  }

  /** @param at where the record's value ended. */
  end(at: number): void {
    if (at < this.bytes.length) throw this.wrong(`${this.bytes.length - at} bytes follow its end`)
  }

  private cutOff(): Rejected {
    return this.wrong(`the record of ${this.bytes.length} bytes ends within a value`)
  }

  wrong(what: string): Rejected {
    return new Rejected(`not ${this.format}: ${what}`)
  }
}
