/**
 * InfluxDB line protocol, any number of lines a record. A series is `measurement.field` with the tags as labels; the
 * timestamps are those of the lines.
 */
import { Rejected } from '../contracts'
import type { Decoder, SampleWriter, SeriesKeyRef } from '../contracts'
import type { Decoding } from '../../shared/config/decoding'
import type { EpochMs } from '../../shared/model/time'
import { bounded, epochMs } from './event-time'
import { fieldsEnd, fieldValue, lineEnd, parseHead, unescaped, until, valueEnd } from './influx-line'
import { SeriesRefs } from './series-refs'
import type { Scope, SeriesLook } from './series-refs'
import { owned, shown, textOf } from './text'

/** Writers send some thousands at once. */
const MAX_LINES = 20_000
const MAX_UNASKED = 1000
const TIME = /^-?\d+$/

export function createInfluxDecoder(config: Decoding): Decoder {
  const lines = new Lines(config)
  return {
    decode(record, into) {
      const text = textOf(record.payload)
      const scope = lines.refs.ofRecord(record)
      let found = 0
      let number = 1
      lines.writing = false
      for (let at = 0; at < text.length; number++) {
        if (number > MAX_LINES) throw new Rejected(`more than ${MAX_LINES} lines in a record`)
        const end = lineEnd(text, at)
        try {
          found += lines.decode(text, at, end, scope, into)
        } catch (error) {
          if (!(error instanceof Rejected) || lines.writing) throw error
          throw new Rejected(`line ${number}: ${error.message}`)
        }
        at = end + 1
      }
      return found > 0
    },
  }
}

/** What stands before the first space of a line, looked at once: its labels, its fields by name. */
interface Series {
  readonly scope: Scope
  readonly measurement: string
  /** By the field's name as it stands; null: not among the chosen ones. */
  readonly fields: Map<string, SeriesKeyRef | null>
}

class Lines {
  readonly refs: SeriesRefs
  /** True after the receiver of the samples refused one: no fault of the line. */
  writing = false
  private readonly chosen: ReadonlyMap<string, SeriesLook> | null
  private readonly booleans: boolean
  private readonly precision: 's' | 'ms' | 'us' | 'ns'
  /** Goes with the scope that it was made for. */
  private readonly series = new WeakMap<Scope, Series>()

  constructor(config: Decoding) {
    this.refs = new SeriesRefs(config)
    this.chosen = config.fields === 'all' ? null : new Map(config.fields.map((field) => [field.path, field]))
    this.booleans = config.booleans ?? false
    this.precision = config.precision ?? 'ns'
  }

  /** @returns how many samples the line has. */
  decode(text: string, from: number, end: number, scope: Scope, into: SampleWriter): number {
    while (end > from && text.charCodeAt(end - 1) <= 0x20) end -= 1
    while (from < end && text.charCodeAt(from) <= 0x20) from += 1
    if (from === end || text.charCodeAt(from) === 0x23) return 0
    const headEnd = until(text, from, end, 0x20)
    if (headEnd === end) throw new Rejected(`there are no fields: ${shown(text.slice(from, end))}`)
    const series = this.at(text.slice(from, headEnd), scope)
    let start = headEnd
    while (text.charCodeAt(start) === 0x20) start += 1
    const stop = fieldsEnd(text, start, end)
    return this.fields(text, start, stop, series, this.time(text.slice(stop, end).trim()), into)
  }

  private time(text: string): EpochMs | null {
    if (text === '') return null
    if (!TIME.test(text)) throw new Rejected(`not a timestamp: ${shown(text)}`)
    return bounded(epochMs(text, this.precision), text, 'the timestamp')
  }

  private at(head: string, scope: Scope): Series {
    let measurement = ''
    const inner = this.refs.labelled(scope, head, (text) => {
      const parsed = parseHead(text)
      measurement = parsed.measurement
      return parsed.tags
    })
    let series = this.series.get(inner)
    if (series === undefined) {
      if (measurement === '') measurement = parseHead(head).measurement
      series = { scope: inner, measurement, fields: new Map() }
      this.series.set(inner, series)
    }
    return series
  }

  private fields(
    text: string,
    from: number,
    end: number,
    series: Series,
    time: EpochMs | null,
    into: SampleWriter,
  ): number {
    let found = 0
    for (let at = from; at <= end;) {
      const equals = until(text, at, end, 0x3d, 0x2c)
      if (equals === at || equals >= end - 1 || text.charCodeAt(equals) !== 0x3d)
        throw new Rejected(`a field without name or value: ${shown(text.slice(at, end))}`)
      const name = text.slice(at, equals)
      const stop = valueEnd(text, equals + 1, end)
      if (stop < end && text.charCodeAt(stop) !== 0x2c)
        throw new Rejected(`a field without its end: ${shown(text.slice(at, end))}`)
      found += this.field(name, fieldValue(text.slice(equals + 1, stop)), series, time, into)
      at = stop + 1
    }
    return found
  }

  private field(
    name: string,
    value: number | boolean | string,
    series: Series,
    time: EpochMs | null,
    into: SampleWriter,
  ): number {
    const number = typeof value === 'boolean' && this.booleans ? Number(value) : value
    if (typeof number !== 'number' && this.chosen === null) return 0
    let ref = series.fields.get(name)
    if (ref === undefined) {
      ref = this.create(name, series)
      // Names that nobody asked for are remembered up to a limit.
      if (ref !== null || series.fields.size < MAX_UNASKED) series.fields.set(owned(name), ref)
    }
    if (ref === null) return 0
    if (typeof number !== 'number') throw new Rejected(`field ${ref.name} is not a number: ${String(number)}`)
    this.writing = true
    into.sample(ref, time, number)
    this.writing = false
    return 1
  }

  private create(name: string, { scope, measurement }: Series): SeriesKeyRef | null {
    const path = `${measurement}.${unescaped(name)}`
    const look = this.chosen?.get(path)
    return this.chosen !== null && look === undefined ? null : this.refs.at(scope, path, look)
  }
}
