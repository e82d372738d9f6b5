/** Records of a fixed layout: each number stands at its place, in its type and byte order. */
import { Rejected } from '../contracts'
import type { Decoder, RawRecord } from '../contracts'
import type { BinaryLayout, Decoding, EventTime } from '../../shared/config/decoding'
import type { EpochMs } from '../../shared/model/time'
import { createTimeParser } from './event-time'
import { SeriesRefs } from './series-refs'
import { finiteOrGap } from './text'

type Field = BinaryLayout['fields'][number]
type Read = (view: DataView) => number | bigint

const BYTES: Record<Field['type'], number> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  f32: 4,
  f64: 8,
}

/** @throws Error where there is no layout, or it does not hold what is asked for. */
export function createBinaryDecoder(config: Decoding, time: EventTime): Decoder {
  const { layout } = config
  if (layout === undefined) throw new Error('a binary source needs its layout: what stands where in a record')
  const length = recordLength(layout)
  const refs = new SeriesRefs(config)
  const values = chosenFields(config, layout, time.field).map(({ field, look }) => ({
    name: field.name,
    look,
    read: createValue(field),
  }))
  const timeOf = createTimeOf(layout, time)
  return {
    decode(record, into) {
      const { payload } = record
      if (payload.length !== length) throw new Rejected(`the record has ${payload.length} bytes, not ${length}`)
      const view = viewOf(record)
      const at = timeOf(view)
      const scope = refs.ofRecord(record)
      for (const { name, look, read } of values) into.sample(refs.at(scope, name, look), at, read(view))
      return true
    },
  }
}

const viewOf = ({ payload }: RawRecord): DataView =>
  new DataView(payload.buffer, payload.byteOffset, payload.byteLength)

function recordLength({ fields, length }: BinaryLayout): number {
  const needed = fields.reduce((end, { at, type }) => Math.max(end, at + BYTES[type]), 0)
  if (length !== undefined && length < needed)
    throw new Error(`the fields of the layout need ${needed} bytes, a record has ${length}`)
  return length ?? needed
}

function chosenFields({ fields }: Decoding, layout: BinaryLayout, timeField: string | undefined) {
  if (fields === 'all')
    return layout.fields.filter(({ name }) => name !== timeField).map((field) => ({ field, look: {} }))
  return fields.map((look) => ({ field: fieldNamed(layout, look.path), look }))
}

function fieldNamed({ fields }: BinaryLayout, name: string): Field {
  const field = fields.find((entry) => entry.name === name)
  if (field === undefined)
    throw new Error(
      `there is no field ${name} in the layout; there are ${fields.map((entry) => entry.name).join(', ')}`,
    )
  return field
}

/** The raw number is the time: scale and add are for readings. */
function createTimeOf(layout: BinaryLayout, time: EventTime): (view: DataView) => EpochMs | null {
  if (time.field === undefined) return () => null
  if (time.format === 'iso') throw new Error('the time of a binary record is a number: choose its unit')
  const parse = createTimeParser(time)
  const read = createRead(fieldNamed(layout, time.field))
  return (view) => parse(read(view))
}

function createValue(field: Field): (view: DataView) => number {
  const read = createRead(field)
  const { scale, add, gap } = field
  // 3 × 0.1 is 0.30000000000000004 and 3 ÷ 10 is 0.3: where the scale is a whole part, dividing keeps the digits.
  const parts = Math.round(1 / scale)
  const divides = Math.abs(scale) < 1 && 1 / parts === scale
  return (view) => {
    const raw = Number(read(view))
    if (raw === gap) return NaN
    return finiteOrGap((divides ? raw / parts : raw * scale) + add)
  }
}

function createRead({ at, type, endian }: Field): Read {
  const little = endian === 'little'
  switch (type) {
    case 'u8':
      return (view) => view.getUint8(at)
    case 'i8':
      return (view) => view.getInt8(at)
    case 'u16':
      return (view) => view.getUint16(at, little)
    case 'i16':
      return (view) => view.getInt16(at, little)
    case 'u32':
      return (view) => view.getUint32(at, little)
    case 'i32':
      return (view) => view.getInt32(at, little)
    case 'u64':
      return (view) => view.getBigUint64(at, little)
    case 'i64':
      return (view) => view.getBigInt64(at, little)
    case 'f32':
      return (view) => view.getFloat32(at, little)
    case 'f64':
      return (view) => view.getFloat64(at, little)
  }
}
