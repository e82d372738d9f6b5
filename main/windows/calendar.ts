/** Calendar windows: civil hours, days, weeks and months of a time zone. */
import type { EpochMs } from '../../shared/model/time'
import type { Slicing } from './slicing'

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month'

const HOUR = 3_600_000
const DAY = 86_400_000

/** Civil fields packed as the UTC time with the same fields. */
type CivilMs = number

/** A zone's clock, through the IANA time zone data of the run-time (ECMA-402). @throws RangeError: unknown zone */
export class ZoneClock {
  private readonly format: Intl.DateTimeFormat

  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** The civil time at t, to the second, as if it were UTC. */
  civil(t: EpochMs): CivilMs {
    const second = Math.floor(t / 1000) * 1000
    const field: Record<string, string> = {}
    for (const part of this.format.formatToParts(second)) field[part.type] = part.value
    const bc = field['era'] === 'BC' || field['era'] === 'B'
    const year = bc ? 1 - Number(field['year']) : Number(field['year'])
    const date = new Date(0)
    date.setUTCFullYear(year, Number(field['month']) - 1, Number(field['day']))
    date.setUTCHours(Number(field['hour']), Number(field['minute']), Number(field['second']))
    return date.getTime()
  }

  /** Civil minus UTC at t, in ms. */
  offset(t: EpochMs): number {
    return this.civil(t) - Math.floor(t / 1000) * 1000
  }

  /** The first instant whose civil time is ≥ c and that the clock reaches from before; gaps give their end. */
  firstInstant(c: CivilMs): EpochMs {
    // Offsets lie within ±26 h; the civil clock is below c at `low` and at or beyond c at `high`.
    const before = c - this.offset(c - 26 * HOUR)
    const after = c - this.offset(c + 26 * HOUR)
    for (const t of [Math.min(before, after), Math.max(before, after)]) {
      if (this.civil(t) === c && this.civil(t - 1000) < c) return t
    }
    return this.search(c, Math.min(before, after) - 26 * HOUR, Math.max(before, after) + 26 * HOUR)
  }

  /** The first instant in (low, high] at which the civil clock has reached c, transitions included. */
  private search(c: CivilMs, low: EpochMs, high: EpochMs): EpochMs {
    // The clock only runs monotonically between transitions: walk hour by hour, then halve to the second.
    let from = low
    while (from < high && this.civil(from + HOUR / 4) < c) from += HOUR / 4
    let to = from + HOUR / 4
    while (to - from > 1000) {
      const middle = Math.floor((from + to) / 2000) * 1000
      if (this.civil(middle) < c) from = middle
      else to = middle
    }
    return to
  }
}

/** Slices are the calendar's windows; the last one located is kept, since neighbours in time share it. */
export class CalendarSlicing implements Slicing {
  readonly disjoint = true
  sliceStart = NaN
  sliceEnd = NaN
  firstEnd = NaN
  lastEnd = NaN
  private readonly clock: ZoneClock
  private readonly shift: number
  private readonly starts = new Map<EpochMs, EpochMs>()

  constructor(
    private readonly unit: CalendarUnit,
    zone: string,
    startsAt: string,
  ) {
    this.clock = new ZoneClock(zone)
    const [hours, minutes] = startsAt.split(':').map(Number) as [number, number]
    this.shift = (hours * 60 + minutes) * 60_000
  }

  locate(t: EpochMs): void {
    if (t >= this.sliceStart && t < this.sliceEnd) return
    if (this.unit === 'hour') this.locateHour(t)
    else this.locateCivil(t)
    this.firstEnd = this.lastEnd = this.sliceEnd
    if (this.starts.size > 4096) this.starts.clear()
    this.starts.set(this.sliceEnd, this.sliceStart)
  }

  firstEndOf(sliceStart: EpochMs): EpochMs {
    return this.endAfter(sliceStart)
  }

  lastEndOf(sliceStart: EpochMs): EpochMs {
    return this.endAfter(sliceStart)
  }

  endAfter(t: EpochMs): EpochMs {
    this.locate(t)
    return this.sliceEnd
  }

  following(end: EpochMs): EpochMs {
    return this.endAfter(end)
  }

  startOf(end: EpochMs): EpochMs {
    const known = this.starts.get(end)
    if (known !== undefined) return known
    this.locate(end - 1)
    return this.sliceStart
  }

  neededFrom(end: EpochMs): EpochMs {
    return end
  }

  private locateCivil(t: EpochMs): void {
    const period = this.periodOf(this.clock.civil(t) - this.shift)
    let start = this.boundary(period)
    // Around a change of the clock the civil time may lie in a period that has not begun, or whose next has.
    let index = 0
    while (start > t && index > -3) start = this.boundary(this.neighbour(period, --index))
    let end = this.boundary(this.neighbour(period, index + 1))
    while (end <= t && index < 3) {
      start = end
      end = this.boundary(this.neighbour(period, ++index + 1))
    }
    this.sliceStart = start
    this.sliceEnd = end
  }

  /** Start of the civil period, without `startsAt`, that holds this civil time. */
  private periodOf(civil: CivilMs): CivilMs {
    const day = Math.floor(civil / DAY) * DAY
    if (this.unit === 'day') return day
    if (this.unit === 'week') return day - ((((day / DAY + 3) % 7) + 7) % 7) * DAY
    return day - (new Date(day).getUTCDate() - 1) * DAY
  }

  private neighbour(period: CivilMs, by: number): CivilMs {
    if (this.unit === 'day') return period + by * DAY
    if (this.unit === 'week') return period + by * 7 * DAY
    const date = new Date(period)
    return date.setUTCMonth(date.getUTCMonth() + by)
  }

  private boundary(period: CivilMs): EpochMs {
    return this.clock.firstInstant(period + this.shift)
  }

  /**
   * Hours are cut where the civil clock shows a full hour and at every change of the clock that repeats or skips
   * part of an hour: so a repeated hour is two windows.
   */
  private locateHour(t: EpochMs): void {
    const offset = this.clock.offset(t)
    const whole = Math.floor((Math.floor(t) + offset) / HOUR) * HOUR - offset
    this.sliceStart = whole
    this.sliceEnd = whole + HOUR
    const atStart = this.clock.offset(whole)
    const atEnd = this.clock.offset(whole + HOUR - 1000)
    if (atStart !== offset) this.sliceStart = this.transition(whole, t)
    if (atEnd !== offset) this.sliceEnd = this.transition(t, whole + HOUR - 1000)
  }

  /** The instant between two times at which the offset changes to that of the later one. */
  private transition(from: EpochMs, to: EpochMs): EpochMs {
    let low = Math.floor(from / 1000) * 1000
    let high = Math.floor(to / 1000) * 1000
    const after = this.clock.offset(high)
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000
      if (this.clock.offset(middle) === after) high = middle
      else low = middle
    }
    return high
  }
}
