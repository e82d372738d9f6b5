/** Numbered readings of 50 devices, one a millisecond, in windows of two seconds: what must be stored of them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { SourceInput } from '../../../shared/config/workspace'
import { startEngine, storedResults, storedSamples } from './engine'

export const DEVICES = 50
const WINDOW = 2000

export function writeNumberedWorkspace(folder: string, source: SourceInput): Promise<void> {
  const pipelines = [{ id: 'w', name: 'w', source: source.id, window: { kind: 'tumbling', size: `${WINDOW}ms` } }]
  return writeFile(join(folder, 'workspace.json'), JSON.stringify({ version: 1, sources: [source], pipelines }))
}

/**
 * Every number as often as it was sent, and every window that must have closed with just its numbers.
 * @param start time of number 0
 * @param times how often a number was sent
 */
export async function expectExactlyOnce(
  folder: string,
  records: number,
  start: number,
  times: (n: number) => number = () => 1,
): Promise<void> {
  const reader = await startEngine(folder, { sources: [] })
  try {
    const missing = Int32Array.from({ length: records }, (_, n) => times(n))
    for (const { value } of await storedSamples(reader)) missing[value] = (missing[value] as number) - 1
    const count = (is: (left: number) => boolean) => missing.reduce((sum, left) => sum + Number(is(left)), 0)
    expect({ missing: count((left) => left > 0), doubled: count((left) => left < 0) }).toEqual({
      missing: 0,
      doubled: 0,
    })
    const device = new Map(reader.runtime.series().map(({ id, labels }) => [id, Number(labels['device']?.slice(7))]))
    const wrong: unknown[] = []
    const results = await storedResults(reader, 'w')
    for (const { key, start: from, end, values } of results) {
      const expected = windowOf(device.get(key) ?? -1, from - start, end - start, records, times)
      if (values[0] !== expected.count || values[1] !== expected.sum) wrong.push({ key, from, values, expected })
    }
    expect(wrong).toEqual([])
    const last = Math.floor((start + records - DEVICES) / WINDOW) * WINDOW
    const first = Math.floor(start / WINDOW) * WINDOW
    expect(results.length).toBeGreaterThanOrEqual(((last - first) / WINDOW) * DEVICES)
  } finally {
    await reader.stop()
  }
}

/** Of the numbers of one device in [from, to). */
function windowOf(
  device: number,
  from: number,
  to: number,
  records: number,
  times: (n: number) => number,
): { count: number; sum: number } {
  let count = 0
  let sum = 0
  for (let n = Math.max(0, from); n < Math.min(to, records); n++)
    if (n % DEVICES === device) {
      count += times(n)
      sum += n * times(n)
    }
  return { count, sum }
}
