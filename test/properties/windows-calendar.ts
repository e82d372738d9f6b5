/** Calendar windows by walking: every quarter of an hour has a label, a window is a run of the same label. */

export interface CalendarWindow {
  readonly unit: 'hour' | 'day' | 'week' | 'month'
  readonly zone: string
  readonly startsAt: string
}

const QUARTER = 900_000
const DAY = 86_400_000
/** Quarters in which a civil date may seem to return: clocks are put back by an hour at most. */
const LOOK_BACK = 8

/** Civil time of each quarter by zone, and windows by definition: kept since the platform's calendar is slow. */
const civilTimes = new Map<string, Map<number, number>>()
const windows = new Map<string, [number, number][]>()

export class NaiveCalendar {
  private readonly known: Map<number, number>
  private readonly found: [number, number][]
  private readonly format: Intl.DateTimeFormat
  private readonly shift: number

  constructor(private readonly calendar: CalendarWindow) {
    const { zone, startsAt } = calendar
    const [hours, minutes] = startsAt.split(':').map(Number) as [number, number]
    this.shift = (hours * 60 + minutes) * 60_000
    // The Swedish form is that of ISO 8601.
    this.format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    this.known = civilTimes.get(zone) ?? new Map<number, number>()
    civilTimes.set(zone, this.known)
    const definition = JSON.stringify(calendar)
    this.found = windows.get(definition) ?? []
    windows.set(definition, this.found)
  }

  windowOf(t: number): [number, number] {
    let window = this.found.find(([start, end]) => start <= t && t < end)
    if (window === undefined) this.found.push((window = this.walk(t)))
    return window
  }

  private walk(t: number): [number, number] {
    const quarter = Math.floor(t / QUARTER)
    const label = this.label(quarter)
    let start = quarter
    while (this.label(start - 1) === label) start--
    let end = quarter + 1
    while (this.label(end) === label) end++
    return [start * QUARTER, end * QUARTER]
  }

  private label(quarter: number): string {
    const { unit } = this.calendar
    if (unit === 'hour') {
      const civil = this.civil(quarter)
      return `${Math.floor(civil / 3_600_000)} ${civil - quarter * QUARTER}`
    }
    // A date begins at its first instant, though the clocks may be put back before it once more.
    let date = -Infinity
    for (let q = quarter - LOOK_BACK; q <= quarter; q++)
      date = Math.max(date, Math.floor((this.civil(q) - this.shift) / DAY))
    if (unit === 'day') return String(date)
    // The day 0 is a Thursday, weeks begin on Mondays.
    return unit === 'week' ? String(Math.floor((date + 3) / 7)) : new Date(date * DAY).toISOString().slice(0, 7)
  }

  private civil(quarter: number): number {
    let civil = this.known.get(quarter)
    if (civil === undefined) {
      civil = Date.parse(`${this.format.format(quarter * QUARTER).replace(' ', 'T')}Z`)
      this.known.set(quarter, civil)
    }
    return civil
  }
}
