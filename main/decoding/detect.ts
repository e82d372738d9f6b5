/** Looks at real records and proposes how to read them, with a reason for each; nothing is taken over without being shown. */
import { Decoder as Unpacker } from '@msgpack/msgpack'
import { Rejected } from '../contracts'
import type { RawRecord } from '../contracts'
import type { Decoding } from '../../shared/config/decoding'
import { parseCbor } from './cbor'
import { splitRow } from './csv'
import { FoundValues, proposeFields, timeFormat } from './detect-fields'
import type { FieldProposal, FieldsProposal, LabelProposal, TimeProposal } from './detect-fields'
import { proposeTemplate } from './detect-key'
import type { KeyProposal } from './detect-key'
import { createInfluxDecoder } from './influx'
import { parseJson } from './json'
import { Extensions, unpack } from './messagepack'
import { parseTopic } from './sparkplug'
import { parseSparkplug, valueOf } from './sparkplug-payload'
import { numberOf, textOf } from './text'

export interface Proposal extends FieldsProposal {
  /** Null where the bytes are of no format known here. */
  readonly format: Decoding['format'] | null
  readonly reason: string
  readonly fields: readonly FieldProposal[]
  readonly time: TimeProposal | null
  readonly labels: readonly LabelProposal[]
  /** What the topics tell apart. */
  readonly key: KeyProposal | null
  /** Line protocol: unit of the timestamps. */
  readonly precision?: { readonly value: 's' | 'ms' | 'us' | 'ns'; readonly reason: string }
  readonly csv?: CsvShape
}

export interface CsvShape {
  readonly columns: readonly string[]
  readonly delimiter: ',' | ';' | '\t'
}

type Format = Exclude<Decoding['format'], 'csv' | 'binary'>

/** Reads a record as one format and notes what is in it. @throws Rejected where it is none of that format. */
type Reader = (record: RawRecord, found: FoundValues) => void

/** In the order of preference where several fit. */
const READERS: readonly (readonly [Format, string, Reader])[] = [
  ['sparkplug', 'Sparkplug B', readSparkplug],
  ['json', 'JSON', ({ payload, key }, found) => found.collect(container(parseJson(textOf(payload))), key)],
  ['number', 'a number alone', readNumber],
  ['influx', 'line protocol', readInflux],
  ['messagepack', 'MessagePack', readMessagePack],
  ['cbor', 'CBOR', ({ payload, key }, found) => found.collect(container(parseCbor(payload)), key)],
]

export function detect(records: readonly RawRecord[]): Proposal {
  const key = proposeTemplate(records.map((record) => record.key))
  const tries = READERS.map(([format, name, read]) => ({ format, name, ...readAll(records, read) }))
  const best = tries.reduce((most, next) => (next.fit > most.fit ? next : most))
  if (best.fit === 0) return { ...(detectRows(records) ?? unknownFormat(records)), key }
  const proposal = proposeFields(best.found.all)
  // Both carry their own time and labels.
  const own = best.format === 'influx' || best.format === 'sparkplug'
  return {
    format: best.format,
    reason: `${best.fit} of ${records.length} records are ${best.name}`,
    ...(own ? { ...proposal, time: null, labels: [] } : proposal),
    key: best.format === 'sparkplug' ? null : key,
    ...(best.format === 'influx' ? proposePrecision(records) : {}),
  }
}

function readAll(records: readonly RawRecord[], read: Reader): { fit: number; found: FoundValues } {
  const found = new FoundValues()
  let fit = 0
  for (const record of records) {
    try {
      read(record, found)
      fit += 1
    } catch (error) {
      // Shown as it came; the decoder will reject it with its reason.
      if (!(error instanceof Rejected)) throw error
    }
  }
  return { fit, found }
}

/** Almost any byte is some number in MessagePack and CBOR: only lists and maps tell. */
function container(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value
  throw new Rejected('a value alone')
}

function readNumber({ payload, key }: RawRecord, found: FoundValues): void {
  const value = numberOf(textOf(payload), 'the payload')
  if (Number.isNaN(value)) throw new Rejected('no number')
  found.add('value', value, key)
}

function readMessagePack({ payload, key }: RawRecord, found: FoundValues): void {
  const unpacker = new Unpacker({ extensionCodec: new Extensions(), useBigInt64: true })
  found.collect(container(unpack(unpacker, payload)), key)
}

function readSparkplug({ payload, key }: RawRecord, found: FoundValues): void {
  if (parseTopic(key) === null) return
  for (const metric of parseSparkplug(payload).metrics)
    if (metric.name !== null) found.add(metric.name, valueOf(metric, metric.datatype) ?? null, key)
}

function readInflux(record: RawRecord, found: FoundValues): void {
  // Timestamps are left out of the check: their unit is what is looked for.
  const text = textOf(record.payload).replace(TIMESTAMP, '')
  const decoder = createInfluxDecoder({ format: 'influx', fields: 'all', delimiter: ',' })
  const into = {
    sample: (ref: { name: string }, _time: unknown, value: number) => found.add(ref.name, value, record.key),
  }
  if (!decoder.decode({ ...record, payload: Buffer.from(text) }, into)) throw new Rejected('no line')
}

const TIMESTAMP = / -?(\d+)[ \r]*$/gm

function proposePrecision(records: readonly RawRecord[]): Pick<Proposal, 'precision'> {
  for (const { payload } of records) {
    const digits = [...textOf(payload).matchAll(TIMESTAMP)][0]?.[1]
    const value = digits === undefined ? null : timeFormat(Number(digits))
    if (digits !== undefined && value !== null && value !== 'iso')
      return { precision: { value, reason: `timestamps of ${digits.length} digits` } }
  }
  return {}
}

// ---- rows and the rest

/** Rows of a message stream: the first is a header where none of its cells is a number. */
function detectRows(records: readonly RawRecord[]): Omit<Proposal, 'key'> | null {
  let lines: string[]
  try {
    lines = records.map(({ payload }) => textOf(payload).trimEnd())
  } catch {
    return null
  }
  if (lines.length === 0) return null
  const delimiter = delimiterOf(lines[0] as string)
  const width = splitRow(lines[0] as string, delimiter).length
  if (width < 2 || lines.some((line) => splitRow(line, delimiter).length !== width)) return null
  const headed = splitRow(lines[0] as string, delimiter).every((cell) => !isNumber(cell))
  const header = Array.from({ length: width }, (_, i) => `column${i + 1}`).join(delimiter)
  return detectCsv(headed ? lines : [header, ...lines])
}

/** @param lines the first lines of the file, the header first. */
export function detectCsv(lines: readonly string[]): Omit<Proposal, 'key'> & { readonly csv: CsvShape } {
  const header = (lines[0] ?? '').replace(/^\uFEFF/, '')
  const delimiter = delimiterOf(header)
  const columns = splitRow(header, delimiter)
  const found = new FoundValues()
  for (const line of lines.slice(1))
    splitRow(line, delimiter).forEach((cell, i) => {
      const column = columns[i]
      if (column !== undefined && cell.trim() !== '') found.add(column, isNumber(cell) ? Number(cell) : cell, '')
    })
  const shape = { columns, delimiter }
  const reason = `rows of ${columns.length} columns between ${JSON.stringify(delimiter)}`
  return { format: 'csv', reason, ...proposeFields(found.all), csv: shape }
}

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell))

const delimiterOf = (header: string): CsvShape['delimiter'] =>
  ([',', ';', '\t'] as const).reduce((best, next) =>
    header.split(next).length > header.split(best).length ? next : best,
  )

function unknownFormat(records: readonly RawRecord[]): Omit<Proposal, 'key'> {
  const nothing = { fields: [], time: null, labels: [], booleans: [] }
  const lengths = new Set(records.map(({ payload }) => payload.length))
  if (records.length > 1 && lengths.size === 1 && !lengths.has(0))
    return {
      format: 'binary',
      reason: `bytes of no known format, ${[...lengths].join()} in each record: describe their layout`,
      ...nothing,
    }
  return { format: null, reason: records.length === 0 ? 'no records' : 'of no known format', ...nothing }
}
