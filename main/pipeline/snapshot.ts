/** The snapshot's outer form: window operators by pipeline, and the counters that a restart must not forget. */
import { fromMicros, toMicros } from '../../shared/model/time'
import { ByteReader, ByteWriter } from '../store/bytes'
import type { AlertSnapshot } from './alerting'
import { RepairMarks } from './repair-marks'

export interface SnapshotEntry {
  readonly pipeline: string
  /** The pipeline's definition; state of another definition is of no use. */
  readonly definition: string
  readonly state: Uint8Array
}
export interface Snapshot {
  readonly operators: readonly SnapshotEntry[]
  /** id, time, value, arrival of each series' last sample. */
  readonly last: Float64Array
  /** Late samples per source. */
  readonly late: Readonly<Record<string, number>>
  /** Windows that are still to be computed anew. */
  readonly repairs: RepairMarks
  /** Of the alert rules; null in the state of one source alone. */
  readonly alerts: AlertSnapshot | null
}

/** 1 had no repairs, 2 no alerts. */
const VERSION = 3

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const writer = new ByteWriter()
  writer.byte(VERSION)
  writer.varint(snapshot.operators.length)
  for (const { pipeline, definition, state } of snapshot.operators) {
    writer.text(pipeline)
    writer.text(definition)
    writer.varint(state.length)
    writer.raw(state)
  }
  const late = Object.entries(snapshot.late)
  writer.varint(late.length)
  for (const [source, count] of late) {
    writer.text(source)
    writer.varint(count)
  }
  writer.varint(snapshot.last.length)
  for (const value of snapshot.last) writer.double(value)
  const repairs = [...snapshot.repairs.entries()]
  writer.varint(repairs.length)
  for (const { pipeline, key, span } of repairs) {
    writer.text(pipeline)
    writer.varint(key)
    for (const time of span) writer.signed(toMicros(time))
  }
  writer.byte(snapshot.alerts === null ? 0 : 1)
  if (snapshot.alerts !== null) {
    writer.varint(snapshot.alerts.number)
    writer.varint(snapshot.alerts.state.length)
    writer.raw(snapshot.alerts.state)
  }
  return writer.take()
}

/** @returns null where the snapshot is of a version that this Weir does not read: the journal is replayed from its start. */
export function decodeSnapshot(body: Uint8Array): Snapshot | null {
  const reader = new ByteReader(body)
  const version = reader.byte()
  if (version < 1 || version > VERSION) return null
  const operators: SnapshotEntry[] = []
  for (let n = reader.varint(); n > 0; n--) {
    const pipeline = reader.text()
    const definition = reader.text()
    operators.push({ pipeline, definition, state: reader.raw(reader.varint()).slice() })
  }
  const late = new Map<string, number>()
  for (let n = reader.varint(); n > 0; n--) {
    const source = reader.text()
    late.set(source, reader.varint())
  }
  const last = new Float64Array(reader.varint())
  for (let i = 0; i < last.length; i++) last[i] = reader.double()
  const repairs = new RepairMarks()
  for (let n = version === 1 ? 0 : reader.varint(); n > 0; n--) {
    const pipeline = reader.text()
    const key = reader.varint()
    repairs.add(pipeline, key, [fromMicros(reader.signed()), fromMicros(reader.signed())])
  }
  const alerts =
    version < 3 || reader.byte() === 0 ? null : { number: reader.varint(), state: reader.raw(reader.varint()).slice() }
  return { operators, late: Object.fromEntries(late), last, repairs, alerts }
}
