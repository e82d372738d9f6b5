/** The payload of Sparkplug B (Eclipse Sparkplug 3.0, chapter 6): what of its Protocol Buffers message is used here. */
import { Reader } from 'protobufjs/minimal'
import { Rejected } from '../contracts'
import type { EpochMs } from '../../shared/model/time'
import { finiteOrGap } from './text'

export interface SparkplugPayload {
  readonly timestamp: EpochMs | null
  readonly seq: number | null
  readonly metrics: readonly Metric[]
}

interface Bits64 {
  readonly low: number
  readonly high: number
}

export interface Metric {
  name: string | null
  alias: number | null
  timestamp: EpochMs | null
  /** 0: not said. */
  datatype: number
  isNull: boolean
  /** Of int_value, float_value, double_value, boolean_value or string_value; null: none of them. */
  value: number | boolean | string | null
  /** Of long_value. */
  long: Bits64 | null
}

/** Values of `DataType` that are numbers. */
export const TYPE = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dateTime: 13,
  text: 14,
} as const

const MAX_METRICS = 20_000

/** @throws Rejected */
export function parseSparkplug(payload: Uint8Array): SparkplugPayload {
  try {
    return readPayload(new Reader(payload))
  } catch (error) {
    throw new Rejected(`not a Sparkplug B payload: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readPayload(reader: Reader): SparkplugPayload {
  let timestamp: number | null = null
  let seq: number | null = null
  const metrics: Metric[] = []
  while (reader.pos < reader.len) {
    const tag = reader.tag()
    if (tag === field(1, VARINT)) timestamp = unsigned(reader.uint64())
    else if (tag === field(2, BYTES)) {
      if (metrics.length === MAX_METRICS) throw new Error(`more than ${MAX_METRICS} metrics`)
      metrics.push(readMetric(reader, innerEnd(reader)))
    } else if (tag === field(3, VARINT)) seq = unsigned(reader.uint64())
    else reader.skipType(tag & 7, 0, tag >>> 3)
  }
  return { timestamp, seq, metrics }
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5
const field = (number: number, wireType: number): number => (number << 3) | wireType

function innerEnd(reader: Reader): number {
  const length = reader.size()
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError(`a metric of ${length} bytes ends behind the payload`)
  return end
}

function readMetric(reader: Reader, end: number): Metric {
  const metric: Metric = {
    name: null,
    alias: null,
    timestamp: null,
    datatype: 0,
    isNull: false,
    value: null,
    long: null,
  }
  while (reader.pos < end) readField(reader, metric, reader.tag())
  if (reader.pos > end) throw new RangeError('a metric ends within a value')
  return metric
}

function readField(reader: Reader, metric: Metric, tag: number): void {
  switch (tag) {
    case field(1, BYTES):
      return void (metric.name = reader.stringVerify())
    case field(2, VARINT):
      return void (metric.alias = unsigned(reader.uint64()))
    case field(3, VARINT):
      return void (metric.timestamp = unsigned(reader.uint64()))
    case field(4, VARINT):
      return void (metric.datatype = reader.uint32())
    case field(7, VARINT):
      return void (metric.isNull = reader.bool())
    case field(10, VARINT):
      return void (metric.value = reader.uint32())
    case field(11, VARINT):
      return void (metric.long = reader.uint64())
    case field(12, FIXED32):
      return void (metric.value = reader.float())
    case field(13, FIXED64):
      return void (metric.value = reader.double())
    case field(14, VARINT):
      return void (metric.value = reader.bool())
    case field(15, BYTES):
      return void (metric.value = reader.stringVerify())
    default:
      reader.skipType(tag & 7, 0, tag >>> 3)
  }
}

/** Beyond 2^53 digits are lost. */
const unsigned = ({ low, high }: Bits64): number => (high >>> 0) * 2 ** 32 + (low >>> 0)
const signed = ({ low, high }: Bits64): number => (high | 0) * 2 ** 32 + (low >>> 0)

/**
 * What a metric says, by its type: numbers of 8 to 32 bits stand in an unsigned field, negative ones as two's
 * complement of 8, 16 or 32 bits, depending on who sends.
 * @returns null: no value; undefined: a value that is no reading, such as a text or a data set.
 */
export function valueOf({ value, long, isNull }: Metric, datatype: number): number | boolean | null | undefined {
  if (datatype > TYPE.dateTime || datatype === TYPE.string) return undefined
  if (isNull) return null
  if (typeof value === 'string') return undefined
  if (typeof value === 'boolean') return value
  if (value === null && long === null) return datatype === 0 ? undefined : null
  const low = value ?? (long as Bits64).low
  switch (datatype) {
    case TYPE.int8:
      return (low << 24) >> 24
    case TYPE.int16:
      return (low << 16) >> 16
    case TYPE.int32:
      return low | 0
    case TYPE.int64:
      return long === null ? low : signed(long)
    case TYPE.boolean:
      return low !== 0
    default:
      return finiteOrGap(value ?? unsigned(long as Bits64))
  }
}
