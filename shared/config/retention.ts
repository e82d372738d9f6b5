/** How long what is stored stays, by age and by size. */
import { z } from 'zod'
import { duration, durationMs } from './duration'
import { compilePattern, PatternError } from '../model/pattern'
import { parseDuration } from '../model/time'
import type { DurationMs } from '../model/time'

const FOREVER = 'forever'
const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 }
const SIZE = /^(\d+(?:\.\d+)?) ?(MB|GB|TB)$/
const MINUTE_MS = 60_000

/** @returns null where the text is not a size such as 500MB, 20GB or 1.5TB */
export function parseSize(text: string): number | null {
  const match = SIZE.exec(text)
  return match === null ? null : Math.round(Number(match[1]) * (UNITS[match[2] as string] as number))
}

/** Bytes of a size that the schema has accepted; null where there is no limit. */
export const sizeBytes = (text: string): number | null => (text === FOREVER || text === 'none' ? null : parseSize(text))

/** Of an age that the schema has accepted; null: it stays for ever. */
export const ageMs = (text: string): DurationMs | null => (text === FOREVER ? null : durationMs(text))

const age = z.union([z.literal(FOREVER), duration(MINUTE_MS)])
const size = z.union([
  z.literal('none'),
  z.string().refine((text) => parseSize(text) !== null, 'must be a size such as 500MB, 20GB or none'),
])

const pattern = z.string().superRefine((text, context) => {
  try {
    compilePattern(text)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

export const retentionRule = z
  .strictObject({
    source: z.string().min(1).optional().describe('The source whose series it is for; without it: of all sources.'),
    series: pattern.optional().describe('Which series, such as temperature{site="A"}; without it: all.'),
    raw: age.optional().describe('How long samples stay; without it: as is set for all.'),
    size: size.optional().describe('The samples and trends of these series take no more than this.'),
  })
  .refine(({ source, series }) => source !== undefined || series !== undefined, {
    path: ['source'],
    message: 'give a source, series or both',
  })
export type RetentionRule = z.infer<typeof retentionRule>

export const retention = z
  .strictObject({
    raw: age.default('90d').describe('How long samples stay; then their statistics by hour and day are left.'),
    size: size.default('20GB').describe('The file takes no more than this: the oldest samples go first.'),
    trends: age.default('1825d').describe('How long statistics of samples stay that are gone.'),
    results: age.default('1825d').describe('How long results of windows stay.'),
    minimumFree: size.default('1GB').describe('With less room on the disk nothing more is taken in.'),
    rules: z.array(retentionRule).default([]).describe('For single sources and series; the first that fits holds.'),
  })
  .superRefine(({ raw, trends, results, rules }, context) => {
    // Also called where a field is no age: that is its own issue, and NaN is not longer than anything.
    const length = (text: string): DurationMs => (text === FOREVER ? Infinity : (parseDuration(text) ?? NaN))
    const tooLong = (text: string | undefined): boolean => text !== undefined && length(text) > length(trends)
    const issue = (path: (string | number)[]): void =>
      context.addIssue({ code: 'custom', path, message: 'must not be longer than trends stay' })
    if (tooLong(raw)) issue(['raw'])
    if (tooLong(results)) issue(['results'])
    rules.forEach((rule, i) => tooLong(rule.raw) && issue(['rules', i, 'raw']))
  })
export type Retention = z.infer<typeof retention>
