/** A duration in configuration: `10s`, `1h`; the form people read is the form that is stored. */
import { z } from 'zod'
import { parseDuration } from '../model/time'

export const duration = (minimumMs = 0) =>
  z.string().refine((text) => {
    const ms = parseDuration(text)
    return ms !== null && ms >= minimumMs
  }, 'must be a duration such as 500ms, 10s, 5m, 1h or 2d')

/** Milliseconds of a duration that the schema has accepted. */
export function durationMs(text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new Error(`not a duration: ${text}`)
  return ms
}
