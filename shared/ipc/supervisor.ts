/**
 * The contract between the engine process and its supervisor, over the parent port.
 * The supervisor sends `init` first. It sends `window` only after `ready`, one for each port it hands over, and the
 * engine serves the calls and events of `engine.ts` over that port. Nothing here travels in argv or the environment.
 */
import { z } from 'zod'
import { exportQuery } from './export'
import type { CallError, Outcome } from './rpc'

export const logLevel = z.enum(['error', 'warn', 'info', 'debug'])
export type LogLevel = z.infer<typeof logLevel>

/** Secrets by field name. */
const secrets = z.record(z.string(), z.string())

export const toEngine = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('init'),
    workspacePath: z.string(),
    databasePath: z.string(),
    /** By source id. */
    secrets: z.record(z.string(), secrets),
    logLevel,
  }),
  /** Comes with exactly one port. */
  z.strictObject({ type: z.literal('window') }),
  /** All secrets that a source has now; an empty object: it has none any more. */
  z.strictObject({ type: z.literal('secrets'), sourceId: z.string(), secrets }),
  /** Answered by `reply` as soon as the export has started; its progress goes to every window's port. */
  z.strictObject({ type: z.literal('export'), request: z.number().int(), path: z.string(), query: exportQuery }),
  /** Answered by `reply` with how many were written, once they are: lines of CSV; `rule` null: of all. */
  z.strictObject({
    type: z.literal('export-alerts'),
    request: z.number().int(),
    path: z.string(),
    rule: z.string().nullable(),
  }),
  /** Answered by `reply` with how many were written, once they are: one JSON object a line. */
  z.strictObject({
    type: z.literal('export-rejected'),
    request: z.number().int(),
    path: z.string(),
    sourceId: z.string(),
  }),
  /** A clean stop: the engine commits, closes the file and exits with code 0 within `STOP_TIMEOUT_MS`, or is killed. */
  z.strictObject({ type: z.literal('stop') }),
])
export type ToEngine = z.infer<typeof toEngine>

const callError: z.ZodType<CallError> = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().exactOptional(),
})
/** Of an export its id, of rejected records how many were written. */
const outcome: z.ZodType<Outcome<number>> = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.number().int() }),
  z.object({ ok: z.literal(false), error: callError }),
])

export const fromEngine = z.discriminatedUnion('type', [
  /** The file is open and recovered: windows can be served. */
  z.object({ type: z.literal('ready') }),
  /** Starting again would not help: a second engine on the file, a file of a newer version. The engine is then ended. */
  z.object({ type: z.literal('fatal'), error: callError }),
  z.object({ type: z.literal('reply'), request: z.number().int(), outcome }),
])
export type FromEngine = z.infer<typeof fromEngine>

export const STOP_TIMEOUT_MS = 5_000
