/** Small JSON files of the application: checked when read, written whole, a broken one kept aside. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { z } from 'zod'

export interface ReadFile<T> {
  /** Null where there is no file, or a broken one. */
  readonly value: T | null
  /** Where a broken file was kept. */
  readonly keptAs: string | null
}

/** @throws where the file is there but cannot be read at all. */
export function readJson<T>(path: string, schema: z.ZodType<T>, now: () => Date = () => new Date()): ReadFile<T> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { value: null, keptAs: null }
    throw error
  }
  const parsed = schema.safeParse(parse(text))
  if (parsed.success) return { value: parsed.data, keptAs: null }
  const keptAs = `${path}.broken-${now().toISOString().replace(/[:.]/g, '-')}`
  renameSync(path, keptAs)
  return { value: null, keptAs }
}

/** Atomic: a crash leaves the old file or the new one. */
export function writeJson(path: string, value: unknown, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', mode)
  try {
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}
