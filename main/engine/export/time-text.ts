/** Times as ISO 8601 with the offset of a zone: milliseconds, or microseconds where there are any. */
import { ZoneClock } from '../../pipeline/zone-clock'
import { toMicros } from '../../../shared/model/time'
import type { EpochMs } from '../../../shared/model/time'
import { COLON, POINT } from './csv-bytes'
import type { CsvBytes } from './csv-bytes'

/** Clocks change at quarters of an hour at the most often. */
const QUARTER_S = 900
const DAY_S = 86_400

const encoder = new TextEncoder()

/** Rows are in the order of time: the date and the offset of a time serve for many rows. */
export class TimeText {
  private readonly clock: ZoneClock | null
  /** The date and the offset are those of the seconds [from, to). */
  private from = NaN
  private to = NaN
  /** When the day began, had its clock not been changed. */
  private midnight = NaN
  private date = new Uint8Array(0)
  private suffix = encoder.encode('Z')

  constructor(zone: string) {
    this.clock = zone === 'UTC' ? null : new ZoneClock(zone)
  }

  write(time: EpochMs, to: CsvBytes): void {
    const micros = toMicros(time)
    const second = Math.floor(micros / 1e6)
    if (!(second >= this.from && second < this.to)) this.turnTo(second)
    const ofDay = second - this.midnight
    const minute = Math.floor(ofDay / 60)
    const hour = Math.floor(minute / 60)
    to.literal(this.date)
    to.digits(hour, 2)
    to.byte(COLON)
    to.digits(minute - hour * 60, 2)
    to.byte(COLON)
    to.digits(ofDay - minute * 60, 2)
    to.byte(POINT)
    const rest = micros - second * 1e6
    if (rest % 1000 === 0) to.digits(rest / 1000, 3)
    else to.digits(rest, 6)
    to.literal(this.suffix)
  }

  private turnTo(second: number): void {
    let offset = 0
    if (this.clock !== null) {
      offset = this.clock.offset(second * 1000) / 1000
      this.suffix = encoder.encode(offsetText(offset))
    }
    const day = Math.floor((second + offset) / DAY_S)
    this.midnight = day * DAY_S - offset
    this.date = encoder.encode(new Date(day * DAY_S * 1000).toISOString().slice(0, -'00:00:00.000Z'.length))
    const quarter = this.clock === null ? -Infinity : Math.floor(second / QUARTER_S) * QUARTER_S
    this.from = Math.max(this.midnight, quarter)
    this.to = Math.min(this.midnight + DAY_S, this.clock === null ? Infinity : quarter + QUARTER_S)
  }
}

/** `+01:00`; with seconds for local times of the nineteenth century. */
function offsetText(offset: number): string {
  const seconds = Math.abs(offset)
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  const rest = seconds % 60 === 0 ? '' : `:${two(seconds % 60)}`
  return `${offset < 0 ? '-' : '+'}${two(seconds / 3600)}:${two((seconds / 60) % 60)}${rest}`
}
