/** Times as ISO 8601 with the offset of a zone: milliseconds, or microseconds where there are any. */
import { ZoneClock } from '../../pipeline/zone-clock'
import { toMicros } from '../../../shared/model/time'
import type { EpochMs } from '../../../shared/model/time'
import type { CsvBytes } from './csv-bytes'

/** Clocks change at quarters of an hour at the most often. */
const QUARTER_S = 900

const encoder = new TextEncoder()

/** Rows are in the order of time: the text of a second is made once for all of its rows. */
export class TimeText {
  private readonly clock: ZoneClock | null
  private second = NaN
  private quarter = NaN
  private offsetMs = 0
  private prefix = new Uint8Array(0)
  private suffix = encoder.encode('Z')

  constructor(zone: string) {
    this.clock = zone === 'UTC' ? null : new ZoneClock(zone)
  }

  write(time: EpochMs, to: CsvBytes): void {
    const micros = toMicros(time)
    const second = Math.floor(micros / 1e6)
    if (second !== this.second) this.turnTo(second)
    const rest = micros - second * 1e6
    const ms = Math.floor(rest / 1000)
    const us = rest - ms * 1000
    to.literal(this.prefix)
    to.threeDigits(ms)
    if (us > 0) to.threeDigits(us)
    to.literal(this.suffix)
  }

  private turnTo(second: number): void {
    const quarter = Math.floor(second / QUARTER_S)
    if (this.clock !== null && quarter !== this.quarter) {
      this.offsetMs = this.clock.offset(second * 1000)
      this.suffix = encoder.encode(offsetText(this.offsetMs))
    }
    this.quarter = quarter
    this.second = second
    this.prefix = encoder.encode(new Date(second * 1000 + this.offsetMs).toISOString().slice(0, -4))
  }
}

/** `+01:00`; with seconds for local times of the nineteenth century. */
function offsetText(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / 1000
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  const rest = seconds % 60 === 0 ? '' : `:${two(seconds % 60)}`
  return `${offsetMs < 0 ? '-' : '+'}${two(seconds / 3600)}:${two((seconds / 60) % 60)}${rest}`
}
