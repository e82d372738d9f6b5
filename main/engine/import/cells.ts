/** Times and numbers of exported cells, exactly as they were stored. */
import { Rejected } from '../../contracts'
import { fromMicros, toMicros } from '../../../shared/model/time'
import type { EpochMs } from '../../../shared/model/time'

const ISO = /^([+-]?\d{4,6}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d(?::\d\d)?)$/
const NUMBER = /^-?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i
const SHOWN = 80

/** Reads the cells of one file: which sign its decimals have is known from the first that has one. */
export class CellReader {
  private decimal: '.' | ',' | null = null
  private second = ''
  private secondMs = NaN

  constructor(private readonly delimiter: string) {}

  get decimalComma(): boolean {
    return this.decimal === ','
  }

  /** @throws Rejected */
  number(text: string): number {
    const sign = text.includes(',') ? ',' : text.includes('.') ? '.' : null
    if (!NUMBER.test(text) || (sign === ',' && this.delimiter === ','))
      throw new Rejected(`not a number: ${shown(text)}`)
    if (sign !== null && sign !== (this.decimal ??= sign))
      throw new Rejected(`a decimal ${sign === ',' ? 'comma' : 'point'} where the file has the other: ${shown(text)}`)
    const value = Number(sign === ',' ? text.replace(',', '.') : text)
    if (!Number.isFinite(value)) throw new Rejected(`too large: ${shown(text)}`)
    return value
  }

  /** NaN is a gap. @throws Rejected */
  reading(text: string): number {
    return text === 'NaN' ? NaN : this.number(text)
  }

  /** @throws Rejected */
  milliseconds(text: string): EpochMs {
    return known(toMicros(this.number(text)), text)
  }

  /** With an offset. @throws Rejected */
  iso(text: string): EpochMs {
    const match = ISO.exec(text)
    if (match === null) throw new Rejected(`not a time with an offset: ${shown(text)}`)
    const [, date, clock, fraction = '', offset] = match as unknown as [
      string,
      string,
      string,
      string | undefined,
      string,
    ]
    // Neighbouring rows are often of one second.
    const second = `${date}T${clock}Z`
    if (second !== this.second) {
      this.second = second
      this.secondMs = Date.parse(second)
    }
    return known((this.secondMs - offsetMs(offset)) * 1000 + Number(fraction.padEnd(6, '0')), text)
  }
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds) * 1000
}

function known(micros: number, text: string): EpochMs {
  if (!Number.isSafeInteger(micros)) throw new Rejected(`not a time: ${shown(text)}`)
  return fromMicros(micros)
}

const shown = (text: string): string => JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
