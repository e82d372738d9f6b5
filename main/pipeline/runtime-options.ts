/** What the running whole is started with, and what it tells. */
import type { AlertEntry, Secrets } from '../contracts'
import type { Workspace } from '../../shared/config/workspace'
import type { WindowResult } from '../../shared/model/results'
import type { SampleBatch } from '../../shared/model/samples'
import type { SeriesInfo } from '../../shared/model/series'
import type { RuntimeTuning } from './tuning'

/** What a commit made durable. `samples` and `results` are used again: copy what is needed later. */
export interface CommittedUnit {
  readonly seq: number
  readonly samples: SampleBatch
  readonly results: readonly WindowResult[]
  readonly series: readonly SeriesInfo[]
  readonly alerts: readonly AlertEntry[]
  /** False: the samples are kept only in memory. */
  readonly stored: boolean
}

export interface RuntimeHooks {
  committed(unit: CommittedUnit): void
  /** A commit failed and is tried again (`error`), or works again (null). */
  trouble(error: unknown): void
}

export interface RuntimeOptions {
  readonly databasePath: string
  readonly workspace: Workspace
  /** By source id, then field name. */
  readonly secrets: ReadonlyMap<string, Secrets>
  readonly hooks: RuntimeHooks
  /** Somebody shows notifications here and says which were shown; default: nobody does. */
  readonly desktop?: boolean
  readonly tuning?: RuntimeTuning
  /** The built program of the thread that moves samples into chunks. */
  readonly compactionThread?: string
}
