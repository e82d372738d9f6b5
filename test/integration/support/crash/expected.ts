/** What an uninterrupted run over the same readings gives: `weir replay` in a process of its own. */
import { spawn } from 'node:child_process'
import { writeFile, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Reading } from './load'

/** By key and identity of the window: its revision and statistics. */
export type Windows = Map<string, string>

export interface Definition {
  readonly window: object
  readonly time: object
  readonly aggregates: readonly string[]
}

export const windowName = (key: string, start: number, end: number, index: number | undefined): string =>
  index === undefined ? `${key} [${start}, ${end})` : `${key} #${index}`

export const windowText = (revision: number, values: readonly (number | null)[]): string =>
  `${revision}: ${values.map((value) => (value === null || Number.isNaN(value) ? 'null' : String(value))).join(', ')}`

/** Final results only, of windows that end by `upTo`. */
export async function replayed(
  folder: string,
  readings: readonly Reading[],
  definition: Definition,
  upTo: number,
): Promise<Windows> {
  const [config, input, output] = ['config.json', 'input.ndjson', 'output.ndjson'].map((name) => join(folder, name))
  await writeFile(config as string, JSON.stringify(definition))
  await writeFile(input as string, readings.map((reading) => `${JSON.stringify(reading)}\n`).join(''))
  const args = ['--config', config, '--input', input, '--output', output] as string[]
  const child = spawn(process.execPath, [resolve('out/main/cli.js'), 'replay', ...args], { stdio: 'ignore' })
  const code = await new Promise((done) => child.once('exit', done))
  if (code !== 0) throw new Error(`weir replay ended with ${String(code)}`)
  const found: Windows = new Map()
  for (const line of (await readFile(output as string, 'utf8')).split('\n')) {
    if (line === '') continue
    const row = JSON.parse(line) as Record<string, number> & { key: string; replaces?: [number, number][] }
    const { key, start = 0, end = 0, index, revision = 0 } = row
    for (const [from, to] of row.replaces ?? []) found.delete(windowName(key, from, to, undefined))
    const values = definition.aggregates.map((name) => row[name] ?? null)
    if (end <= upTo) found.set(windowName(key, start, end, index), windowText(revision, values))
  }
  return found
}

/** How many of one are not the same in the other. */
export function differences(expected: Windows, found: Windows): string[] {
  const names = new Set([...expected.keys(), ...found.keys()])
  return [...names].flatMap((name) => {
    const [wanted = 'none', got = 'none'] = [expected.get(name), found.get(name)]
    return wanted === got ? [] : [`${name}: ${got} instead of ${wanted}`]
  })
}
