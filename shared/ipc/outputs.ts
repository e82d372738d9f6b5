/** What a window asks of outputs, and is told. */
import { z } from 'zod'
import { output } from '../config/output'
import type { OutputConfig } from '../config/output'
import type { DurationMs, EpochMs } from '../model/time'

export type OutputState =
  | { readonly state: 'disabled' }
  /** Nothing waits, or what waits is gathered for one message. */
  | { readonly state: 'idle' }
  | { readonly state: 'sending' }
  | { readonly state: 'retrying'; readonly reason: string; readonly at: EpochMs }

export interface OutputStatus {
  readonly id: string
  readonly state: OutputState
  readonly waiting: number
  /** Since the output was made. */
  readonly delivered: number
  readonly setAside: number
  /** Results that had to make room for newer ones. */
  readonly dropped: number
  /** Why the last one was set aside. */
  readonly reason: string | null
  readonly lastDelivery: EpochMs | null
  readonly lastFault: { readonly reason: string; readonly at: EpochMs } | null
  /** Programs that are connected; of servers. */
  readonly connected?: number
}

/** It was tried out. */
export interface OutputTest {
  /** Something arrived there; false: it could be reached, and nothing was left behind. */
  readonly sent: boolean
  readonly elapsedMs: DurationMs
}

const id = z.strictObject({ id: z.string() })

export const outputParams = {
  /** Creates or replaces the output of that id. */
  saveOutput: z.strictObject({ output }),
  /** With all that waits for it. Rules no longer name it. */
  removeOutput: id,
  setOutputEnabled: z.strictObject({ id: z.string(), enabled: z.boolean() }),
  /** Sends a test, or as much of one as leaves nothing behind; the secrets stand for those not saved yet. */
  testOutput: z.strictObject({ output, secrets: z.record(z.string(), z.string()) }),
  /** Tries at once, also what was set aside. */
  retryOutput: id,
  discardSetAside: id,
} as const

export interface OutputValues {
  saveOutput: OutputConfig
  removeOutput: null
  setOutputEnabled: null
  testOutput: OutputTest
  retryOutput: null
  discardSetAside: null
}
