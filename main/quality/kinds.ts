/** The checks, each with what it must remember of one series. A new kind is a function and one line in the table. */
import { durationMs } from '../../shared/config/duration'
import type { QualityCheck } from '../../shared/config/quality'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import { conversion } from './units'

/** A reading on its way; a correction changes it. Times in ms since the epoch, NaN is a gap. */
export interface Reading {
  time: EpochMs
  value: number
  arrival: EpochMs
}

export interface SeriesCheck {
  /** What is wrong with the reading in words, null where nothing is. */
  fault(reading: Reading): string | null
  /** Makes it right. False: it goes, because it is there already, or because nobody can say what is right. */
  correct(reading: Reading): boolean
  /** The reading was kept, as it stands now. */
  kept?(reading: Reading): void
}

/** Of the series that is checked. */
export interface CheckedSeries {
  readonly unit: string | undefined
  /** Its newest reading before, null where there is none. */
  readonly before: Readonly<Pick<Reading, 'time' | 'value'>> | null
}

export function createCheck(rule: QualityCheck, series: CheckedSeries): SeriesCheck {
  switch (rule.check) {
    case 'range':
      return range(rule.least ?? -Infinity, rule.most ?? Infinity)
    case 'type':
      return rule.type === 'integer' ? integer : boolean
    case 'unit':
      return unit(series.unit, rule.unit ?? '')
    case 'step':
      return new Step(rule.most ?? Infinity, series.before)
    case 'stuck':
      return new Stuck(durationMs(rule.after ?? '0s'), series.before)
    case 'duplicate':
      return new Duplicate(series.before)
    case 'future':
      return future(durationMs(rule.after ?? '0s'))
  }
}

const range = (least: number, most: number): SeriesCheck => ({
  fault: ({ value }) =>
    value < least ? `${value} is below ${least}` : value > most ? `${value} is above ${most}` : null,
  correct: (reading) => {
    reading.value = Math.min(most, Math.max(least, reading.value))
    return true
  },
})

const integer: SeriesCheck = {
  fault: ({ value }) => (value === Math.floor(value) || Number.isNaN(value) ? null : `${value} is no whole number`),
  correct: (reading) => {
    reading.value = Math.round(reading.value)
    return true
  },
}

const boolean: SeriesCheck = {
  fault: ({ value }) => (value === 0 || value === 1 || Number.isNaN(value) ? null : `${value} is neither 0 nor 1`),
  correct: (reading) => {
    reading.value = 1
    return true
  },
}

function unit(is: string | undefined, expected: string): SeriesCheck {
  const fault = is === expected ? null : is === undefined ? `no unit, not ${expected}` : `in ${is}, not ${expected}`
  const convert = is === undefined ? null : conversion(is, expected)
  return {
    fault: () => fault,
    correct: (reading) => {
      if (convert === null) return false
      reading.value = convert(reading.value)
      return true
    },
  }
}

const future = (ahead: DurationMs): SeriesCheck => ({
  fault: ({ time, arrival }) =>
    time > arrival + ahead ? `${new Date(time).toISOString()} is further ahead of the arrival than allowed` : null,
  correct: (reading) => {
    reading.time = reading.arrival
    return true
  },
})

/**
 * Steps from the last reading that was kept. A spike costs the one reading: a second one that confirms the new level
 * is right. Readings older than the last, and gaps, are not judged.
 */
class Step implements SeriesCheck {
  private time: EpochMs
  private level: number
  private doubtful = NaN

  constructor(
    private readonly most: number,
    before: CheckedSeries['before'],
  ) {
    this.time = before?.time ?? -Infinity
    this.level = before?.value ?? NaN
  }

  fault({ time, value }: Reading): string | null {
    if (time < this.time || Number.isNaN(value)) return null
    // A comparison with NaN, where there is no reading before, is false: nothing is wrong.
    const far = Math.abs(value - this.level) > this.most
    if (!far || Math.abs(value - this.doubtful) <= this.most) return null
    const reason = `a step from ${this.level} to ${value} is larger than ${this.most}`
    this.doubtful = value
    return reason
  }

  correct(reading: Reading): boolean {
    reading.value = this.level
    return true
  }

  kept({ time, value }: Reading): void {
    if (time < this.time || Number.isNaN(value)) return
    this.time = time
    if (value !== this.level) this.doubtful = NaN
    this.level = value
  }
}

/** Since when the value is the same, in event time; a gap or another value ends it. */
class Stuck implements SeriesCheck {
  private value: number
  private since: EpochMs

  constructor(
    private readonly after: DurationMs,
    before: CheckedSeries['before'],
  ) {
    this.value = before?.value ?? NaN
    this.since = before?.time ?? -Infinity
  }

  fault({ time, value }: Reading): string | null {
    if (value !== this.value) {
      this.value = value
      this.since = time
      return null
    }
    return time - this.since >= this.after ? `${value} since ${new Date(this.since).toISOString()}` : null
  }

  correct(reading: Reading): boolean {
    reading.value = NaN
    return true
  }
}

class Duplicate implements SeriesCheck {
  private time: EpochMs
  private value: number

  constructor(before: CheckedSeries['before']) {
    this.time = before?.time ?? NaN
    this.value = before?.value ?? NaN
  }

  fault({ time, value }: Reading): string | null {
    return time === this.time && Object.is(value, this.value) ? `${value} was there already at this time` : null
  }

  correct(): boolean {
    return false
  }

  kept({ time, value }: Reading): void {
    this.time = time
    this.value = value
  }
}
