/** A folder laid out as the Numenta Anomaly Benchmark: `category/file.csv` and windows.json. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Labelled } from './scoring'

export interface CorpusFile extends Labelled {
  /** `category/file.csv`. */
  name: string
  /** As written in the file. */
  timestamps: string[]
  /** Milliseconds since the epoch, the timestamps taken as UTC. */
  time: Float64Array
  value: Float64Array
  windows: [number, number][]
}

const labels = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])))

/** @throws Error where a file or a window's edge is missing. */
export function readCorpus(folder: string): CorpusFile[] {
  const windows = labels.parse(JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8')))
  return Object.keys(windows)
    .sort()
    .map((name) => readFile(folder, name, windows[name] ?? []))
}

function readFile(folder: string, name: string, windows: [string, string][]): CorpusFile {
  const [, ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split(/\r?\n/)
  const cells = lines.map((line) => line.split(','))
  const timestamps = cells.map(([timestamp]) => (timestamp ?? '').trim())
  const time = Float64Array.from(timestamps, timeOf)
  const row = (edge: string): number => {
    const found = time.indexOf(timeOf(edge))
    if (found < 0) throw new Error(`${name}: the window edge ${edge} is no row of the data`)
    return found
  }
  return {
    name,
    rows: lines.length,
    timestamps,
    time,
    value: Float64Array.from(cells, ([, value]) => (value === undefined || value.trim() === '' ? NaN : Number(value))),
    windows: windows.map(([first, last]) => [row(first), row(last)]),
  }
}

function timeOf(timestamp: string): number {
  return Date.parse(`${timestamp.trim().slice(0, 19).replace(' ', 'T')}Z`)
}
