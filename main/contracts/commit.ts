/** What one commit makes durable. */
import type { SampleBatch } from '../../shared/model/samples'
import type { WindowResult } from '../../shared/model/results'
import type { SeriesInfo } from '../../shared/model/series'
import type { EpochMs } from '../../shared/model/time'
import type { AlertEntry } from './alerts'
import type { OutboxEntry } from './outputs'
import type { InflightPackets, RawRecord } from './sources'
import type { ClockMark } from './windows'

/** Which stream sent the next `length` samples of a block. */
export interface JournalRun {
  readonly source: string
  readonly partition: string
  readonly length: number
}

/** The source of runs that were imported: they are stored, and no pipeline runs over them. No source has such an id. */
export const importRun = (source: string): string => `import:${source}`

/** Received from the source, or imported as its readings. */
export const isRunOf = ({ source }: JournalRun, id: string): boolean => source === id || source === importRun(id)

/** A mark at position p takes effect before sample p of its block. */
export interface JournalMark {
  readonly position: number
  readonly mark: ClockMark
}

/** Everything one commit received, in arrival order. */
export interface JournalBlock {
  readonly samples: SampleBatch
  readonly runs: readonly JournalRun[]
  readonly marks: readonly JournalMark[]
}

export interface RejectedEntry extends Pick<RawRecord, 'key' | 'arrival' | 'brokerTime' | 'labels' | 'header'> {
  readonly source: string
  readonly partition: string
  readonly reason: string
  /** The reason without what differs from record to record: what they are counted by. */
  readonly kind: string
  readonly payload: Uint8Array
  /** Nothing of it was stored, and all of its payload is here: it may be decoded again. */
  readonly again: boolean
  /** Counts among those of which only the newest are kept. */
  readonly capped: boolean
}

export interface StoredRejected extends RejectedEntry {
  readonly id: number
}

/** A rejected record that is no longer one: it was decoded again, and is stored or rejected anew in the same commit. */
export type TakenBack = Pick<StoredRejected, 'id' | 'source' | 'kind'>

export interface CursorEntry {
  readonly source: string
  readonly partition: string
  readonly value: string
}

export interface InflightEntry extends InflightPackets {
  readonly source: string
}

/** Of a source whose samples are kept only in memory: what stands in for the journal when the engine starts again. */
export interface MemoryOnlyState {
  readonly source: string
  /** Largest event time of the samples that were not stored; −∞ before the first. */
  readonly newest: EpochMs
  /** Of its window operators after all samples so far; null where its samples are stored again. */
  readonly state: Uint8Array | null
}

/** All of it becomes durable in one transaction, or none. */
export interface Commit {
  readonly series: readonly SeriesInfo[]
  readonly block: JournalBlock
  readonly results: readonly WindowResult[]
  readonly rejected: readonly RejectedEntry[]
  readonly takenBack?: readonly TakenBack[]
  readonly cursors: readonly CursorEntry[]
  /** In their order. */
  readonly inflight?: readonly InflightEntry[]
  /** In the order of their numbers. */
  readonly alerts?: readonly AlertEntry[]
  /** What of it is to leave for other systems. */
  readonly outbox?: readonly OutboxEntry[]
  /** Replaces the one of the same source. */
  readonly memoryOnly?: MemoryOnlyState
}
