/** What is stored against what was sent. */
import { startEngine, storedResults, storedSamples } from '../engine'
import { differences, replayed, windowName, windowText } from './expected'
import type { Windows } from './expected'
import {
  closingLine,
  closingReading,
  closingTime,
  DEVICE_PIPELINES,
  DEVICE_TIMING,
  deviceOf,
  deviceReading,
  DEVICES,
  FILE_PIPELINE,
  FILE_SOURCE,
  fileReading,
} from './load'
import type { FileFeed } from './load'

export interface Comparison {
  /** Readings that the broker took, and lines of the file. */
  readonly acknowledged: number
  readonly missing: number
  readonly doubled: number
  readonly windows: number
  readonly windows_differing: number
  /** A few of those windows. */
  readonly examples: readonly string[]
}

type Sample = Awaited<ReturnType<typeof storedSamples>>[number]
type Reader = Awaited<ReturnType<typeof startEngine>>

export async function compare(folder: string, sent: number, files: FileFeed): Promise<Comparison> {
  const reader = await startEngine(folder, { sources: [] })
  try {
    const sources = new Map(reader.runtime.series().map(({ id, source }) => [id, source]))
    const bySource = new Map<string, Sample[]>()
    for (const sample of await storedSamples(reader)) {
      const source = sources.get(sample.series) ?? ''
      const samples = bySource.get(source)
      if (samples === undefined) bySource.set(source, [sample])
      else samples.push(sample)
    }
    const counts = [count(bySource.get('plant') ?? [], [...Array(sent).keys(), ...closing()])]
    counts.push(count(bySource.get(FILE_SOURCE) ?? [], [...Array(files.lines).keys(), -1]))
    const found = [
      ...(await deviceWindows(reader, folder, sent, bySource.get('plant') ?? [])),
      await fileWindows(reader, folder, files.lines),
    ]
    const differing = found.flatMap(({ expected, stored }) => differences(expected, stored))
    return {
      acknowledged: sent + DEVICES + files.lines + 1,
      missing: counts.reduce((sum, { missing }) => sum + missing, 0),
      doubled: counts.reduce((sum, { doubled }) => sum + doubled, 0),
      windows: found.reduce((sum, { expected }) => sum + expected.size, 0),
      windows_differing: differing.length,
      examples: differing.slice(0, 5),
    }
  } finally {
    await reader.stop()
  }
}

const closing = (): number[] => Array.from({ length: DEVICES }, (_, device) => -1 - device)

function count(samples: readonly Sample[], values: readonly number[]): { missing: number; doubled: number } {
  const stored = new Set(samples.map(({ value }) => value))
  return { missing: values.filter((value) => !stored.has(value)).length, doubled: samples.length - stored.size }
}

interface Pair {
  readonly expected: Windows
  readonly stored: Windows
}

async function deviceWindows(
  reader: Reader,
  folder: string,
  sent: number,
  samples: readonly Sample[],
): Promise<Pair[]> {
  const readings = Array.from({ length: sent }, (_, n) => deviceReading(n))
  for (let device = 0; device < DEVICES; device++) readings.push(closingReading(device, sent))
  const keys = new Map(samples.map(({ series, value }) => [series, `d${value < 0 ? -1 - value : deviceOf(value)}`]))
  const upTo = closingTime(sent) - 1
  const pairs: Pair[] = []
  for (const [id, definition] of Object.entries(DEVICE_PIPELINES))
    pairs.push({
      expected: await replayed(folder, readings, { ...definition, time: DEVICE_TIMING }, upTo),
      stored: await storedWindows(reader, id, (key) => keys.get(key) ?? '?', upTo),
    })
  return pairs
}

async function fileWindows(reader: Reader, folder: string, lines: number): Promise<Pair> {
  const readings = Array.from({ length: lines }, (_, v) => fileReading(v))
  const last = closingLine(lines)
  return {
    expected: await replayed(folder, [...readings, last], { ...FILE_PIPELINE, time: DEVICE_TIMING }, last.time - 1),
    stored: await storedWindows(reader, FILE_SOURCE, () => 'v', last.time - 1),
  }
}

async function storedWindows(
  reader: Reader,
  pipeline: string,
  keyOf: (key: number) => string,
  upTo: number,
): Promise<Windows> {
  const found: Windows = new Map()
  for (const { key, start, end, index, revision, values } of await storedResults(reader, pipeline))
    if (end <= upTo) found.set(windowName(keyOf(key), start, end, index), windowText(revision, [...values]))
  return found
}
