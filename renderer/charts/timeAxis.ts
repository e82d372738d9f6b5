/** Ticks of a time axis on round local times, and their labels: 06:00, at midnight the day in bold, on the first the month. */
import type { DurationMs, EpochMs } from '../../shared/model/time'

const SECOND = 1000
const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000

const STEPS: readonly DurationMs[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
]

export interface TimeTick {
  readonly time: EpochMs
  readonly label: string
  /** A day or month begins here. */
  readonly bold: boolean
}

/** At most `width / 72` ticks in (from, to]. */
export function timeTicks(from: EpochMs, to: EpochMs, width: number, language: string): TimeTick[] {
  const room = Math.max(2, Math.floor(width / 72))
  const span = to - from
  if (!(span > 0)) return []
  const step = STEPS.find((candidate) => span / candidate <= room)
  const times =
    step === undefined ? months(from, to, room) : step >= DAY ? days(from, to, step / DAY) : regular(from, to, step)
  return times.map((time) => label(time, step ?? 31 * DAY, language))
}

function regular(from: EpochMs, to: EpochMs, step: DurationMs): EpochMs[] {
  // Aligned to local midnight, so that 6 h steps fall on 00, 06, 12, 18 o'clock of this zone.
  const midnight = new Date(from).setHours(0, 0, 0, 0)
  const times: EpochMs[] = []
  for (let time = midnight + Math.ceil((from - midnight) / step) * step; time <= to; time += step) times.push(time)
  return step >= HOUR ? times.map((time) => snapHour(time, step)) : times
}

/** Where the clocks changed since midnight, steps of hours would be off by one. */
function snapHour(time: EpochMs, step: DurationMs): EpochMs {
  const off = new Date(time).getHours() % (step / HOUR)
  if (off === 0) return time
  return off === 1 ? time - HOUR : time + HOUR
}

function days(from: EpochMs, to: EpochMs, every: number): EpochMs[] {
  const times: EpochMs[] = []
  const day = new Date(from)
  day.setHours(24, 0, 0, 0)
  for (; day.getTime() <= to; day.setDate(day.getDate() + 1)) {
    const dayOfMonth = day.getDate()
    const onStep =
      every === 1 ||
      (every === 2
        ? dayOfMonth % 2 === 1 && dayOfMonth < 31
        : dayOfMonth === 1 || (dayOfMonth % 7 === 1 && dayOfMonth < 28))
    if (onStep) times.push(day.getTime())
  }
  return times
}

function months(from: EpochMs, to: EpochMs, room: number): EpochMs[] {
  const count = (to - from) / (30.4 * DAY)
  const every = [1, 2, 3, 6, 12, 24, 60, 120].find((step) => count / step <= room) ?? 240
  const start = new Date(from)
  const times: EpochMs[] = []
  const first = start.getFullYear() * 12 + start.getMonth() + 1
  for (let index = Math.ceil(first / every) * every; ; index += every) {
    const time = new Date(Math.floor(index / 12), index % 12, 1).getTime()
    if (time > to) return times
    times.push(time)
  }
}

function label(time: EpochMs, step: DurationMs, language: string): TimeTick {
  const date = new Date(time)
  const midnight =
    date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0 && date.getMilliseconds() === 0
  if (midnight && date.getDate() === 1) {
    const year = date.getMonth() === 0 || step > 200 * DAY
    return { time, label: year ? String(date.getFullYear()) : intl(language, { month: 'short' }, date), bold: true }
  }
  if (midnight) return { time, label: intl(language, { day: 'numeric' }, date), bold: true }
  const two = (n: number): string => String(n).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (step >= MINUTE) return { time, label: clock, bold: false }
  const seconds = `${clock}:${two(date.getSeconds())}`
  return {
    time,
    label: step >= SECOND ? seconds : `${seconds.slice(3)}.${String(date.getMilliseconds()).padStart(3, '0')}`,
    bold: false,
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()
function intl(language: string, options: Intl.DateTimeFormatOptions, date: Date): string {
  const key = language + JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(language, options)))
  return format.format(date)
}
