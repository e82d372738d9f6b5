/**
 * One block of the journal: everything a commit received, in arrival order. Lateness, ties and count windows depend
 * on that order, so recovery reads these blocks and nothing else. The layout is for good:
 *
 *     u8 compression   0 none, 1 raw deflate of all that follows
 *     u8 version       2; 1 had marks without key and idle
 *     streams   varint n, then n × (text source, text partition)
 *     runs      varint n, then n × (varint stream, varint samples)     which stream sent the next samples
 *     marks     varint n, then n × (varint position, text pipeline, varint series + 1 or 0, signed watermark µs,
 *               varint key + 1 or 0, varint number of idle members + 1 or 0, their names as texts)
 *     samples   varint n, then four columns:
 *       series    n × signed difference to the previous series id
 *       time      n × signed difference to the previous event time, µs
 *       arrival   n × signed difference to the previous arrival time, µs
 *       value     u8 encoding (0: n little-endian doubles), then the values; NaN is a gap
 *
 * A mark at position p takes effect before the sample p of the block. Times are whole microseconds within ±2^42 ms
 * (years 1830 to 2109): there a double of milliseconds still tells microseconds apart, and any difference is exact.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { JournalBlock, JournalMark, JournalRun } from '../contracts'
import { SampleBuffer } from '../../shared/model/samples'
import type { SampleBatch } from '../../shared/model/samples'
import { fromMicros, toMicros } from '../../shared/model/time'
import type { EpochMs, EpochUs } from '../../shared/model/time'
import { ByteReader, ByteWriter } from './bytes'

const VERSION = 2
const RAW_DOUBLES = 0
/** The watermark at the end of a finite input, +∞, and that of a clock that has not begun, −∞. */
const END_OF_INPUT = Number.MAX_SAFE_INTEGER
const NOT_BEGUN = Number.MIN_SAFE_INTEGER
/** Below this size deflate gains less than it costs. */
const COMPRESS_FROM = 512

const writer = new ByteWriter(1 << 16)

export function encodeJournalBlock(block: JournalBlock): Uint8Array {
  writer.clear()
  writer.byte(VERSION)
  writeRuns(block.runs)
  writer.varint(block.marks.length)
  for (const { position, mark } of block.marks) {
    writer.varint(position)
    writer.text(mark.pipeline)
    writer.varint(mark.series === null ? 0 : mark.series + 1)
    writer.signed(watermarkMicros(mark.watermark))
    writer.varint(mark.key === undefined ? 0 : mark.key + 1)
    writer.varint(mark.idle === undefined ? 0 : mark.idle.length + 1)
    for (const member of mark.idle ?? []) writer.text(member)
  }
  writeSamples(block.samples)
  return compress(writer.take())
}

function watermarkMicros(watermark: EpochMs): EpochUs {
  if (watermark === Infinity) return END_OF_INPUT
  return watermark === -Infinity ? NOT_BEGUN : toMicros(watermark)
}

function writeRuns(runs: readonly JournalRun[]): void {
  const streams = new Map<string, number>()
  const names: JournalRun[] = []
  const indexes = runs.map((run) => {
    const name = JSON.stringify([run.source, run.partition])
    const known = streams.get(name)
    if (known !== undefined) return known
    streams.set(name, names.length)
    return names.push(run) - 1
  })
  writer.varint(names.length)
  for (const { source, partition } of names) {
    writer.text(source)
    writer.text(partition)
  }
  writer.varint(runs.length)
  runs.forEach((run, i) => {
    writer.varint(indexes[i] as number)
    writer.varint(run.length)
  })
}

function writeSamples(samples: SampleBatch): void {
  const { length, series, time, arrival, value } = samples
  writer.varint(length)
  let previous = 0
  for (let i = 0; i < length; i++) {
    const id = series[i] as number
    writer.signed(id - previous)
    previous = id
  }
  writeTimes(time, length)
  writeTimes(arrival, length)
  writer.byte(RAW_DOUBLES)
  for (let i = 0; i < length; i++) writer.double(value[i] as number)
}

function writeTimes(column: Float64Array, length: number): void {
  let previous = 0
  for (let i = 0; i < length; i++) {
    const us = Math.round((column[i] as number) * 1000)
    writer.signed(us - previous)
    previous = us
  }
}

function compress(body: Uint8Array): Uint8Array {
  const packed = body.length < COMPRESS_FROM ? null : deflateRawSync(body, { level: 1 })
  const best = packed !== null && packed.length < body.length ? packed : body
  const out = new Uint8Array(best.length + 1)
  out[0] = best === body ? 0 : 1
  out.set(best, 1)
  return out
}

/** @throws Error where the bytes are not a block that this version reads. */
export function decodeJournalBlock(bytes: Uint8Array): JournalBlock & { readonly samples: SampleBuffer } {
  const body = bytes[0] === 1 ? inflateRawSync(bytes.subarray(1)) : bytes.subarray(1)
  const reader = new ByteReader(body)
  const version = reader.byte()
  if (version !== 1 && version !== VERSION)
    throw new Error(`journal block of version ${version}; this Weir reads up to version ${VERSION}`)
  const runs = readRuns(reader)
  const marks = readMarks(reader, version)
  return { runs, marks, samples: readSamples(reader) }
}

function readMarks(reader: ByteReader, version: number): JournalMark[] {
  const marks: JournalMark[] = []
  for (let n = reader.varint(); n > 0; n--) {
    const position = reader.varint()
    const pipeline = reader.text()
    const series = reader.varint()
    const us = reader.signed()
    const watermark = us === END_OF_INPUT ? Infinity : us === NOT_BEGUN ? -Infinity : fromMicros(us)
    const key = version === 1 ? 0 : reader.varint()
    const members = version === 1 ? 0 : reader.varint()
    const idle = Array.from({ length: Math.max(0, members - 1) }, () => reader.text())
    marks.push({
      position,
      mark: {
        pipeline,
        series: series === 0 ? null : series - 1,
        watermark,
        ...(key === 0 ? {} : { key: key - 1 }),
        ...(members === 0 ? {} : { idle }),
      },
    })
  }
  return marks
}

function readRuns(reader: ByteReader): JournalRun[] {
  const streams: { source: string; partition: string }[] = []
  for (let n = reader.varint(); n > 0; n--) streams.push({ source: reader.text(), partition: reader.text() })
  const runs: JournalRun[] = []
  for (let n = reader.varint(); n > 0; n--) {
    const stream = streams[reader.varint()]
    if (stream === undefined) throw new Error('journal block names a stream it does not list')
    runs.push({ ...stream, length: reader.varint() })
  }
  return runs
}

function readSamples(reader: ByteReader): SampleBuffer {
  const length = reader.varint()
  const samples = new SampleBuffer(length)
  samples.length = length
  let id = 0
  for (let i = 0; i < length; i++) samples.series[i] = id += reader.signed()
  readTimes(reader, samples.time, length)
  readTimes(reader, samples.arrival, length)
  if (reader.byte() !== RAW_DOUBLES) throw new Error('journal block with an unknown encoding of values')
  for (let i = 0; i < length; i++) samples.value[i] = reader.double()
  if (!reader.done) throw new Error('journal block with bytes after its end')
  return samples
}

function readTimes(reader: ByteReader, column: Float64Array, length: number): void {
  let us = 0
  for (let i = 0; i < length; i++) {
    us += reader.signed()
    column[i] = us / 1000
  }
}
