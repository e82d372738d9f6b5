/** Time as Weir counts it: milliseconds since the epoch in memory, integer microseconds in the file. */

/** Milliseconds since 1970-01-01T00:00Z as a double; the fraction carries microseconds. */
export type EpochMs = number
/** A span in milliseconds. */
export type DurationMs = number
/** Whole microseconds since the epoch: the form in the database file. Exact up to the year 2255. */
export type EpochUs = number

export const toMicros = (t: EpochMs): EpochUs => Math.round(t * 1000)
export const fromMicros = (t: EpochUs): EpochMs => t / 1000

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const DURATION = /^\s*(-?\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/

/**
 * Reads a duration such as `10s`, `1.5h` or `250ms`.
 * @returns whole milliseconds, or null where the text is not a duration or not whole milliseconds.
 */
export function parseDuration(text: string): DurationMs | null {
  const match = DURATION.exec(text)
  if (!match) return null
  const ms = Number(match[1]) * (UNIT_MS[match[2] as string] as number)
  const whole = Math.round(ms)
  return Number.isSafeInteger(whole) && Math.abs(ms - whole) < 1e-6 ? whole : null
}

/** The shortest exact form of a duration: 90_000 → `90s`, 3_600_000 → `1h`. */
export function formatDuration(ms: DurationMs): string {
  if (ms === 0) return '0s'
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = UNIT_MS[unit] as number
    if (ms % size === 0) return `${ms / size}${unit}`
  }
  return `${ms}ms`
}
