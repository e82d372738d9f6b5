/** What decoders take and write. */
import type { SeriesId, SeriesKey } from '../../shared/model/series'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { RawRecord } from './sources'

/** Thrown by a decoder for a record it cannot read; the reason is shown to the user. */
export class Rejected extends Error {
  override readonly name = 'Rejected'

  constructor(
    reason: string,
    /** How far its time is ahead of its arrival, where that is why. */
    readonly ahead: DurationMs = 0,
  ) {
    super(reason)
  }
}

/** Where a decoder puts what it found. */
export interface SampleWriter {
  /** `time` null: the record has no time of its own. NaN is a gap. */
  sample(key: SeriesKeyRef, time: EpochMs | null, value: number): void
}

/** A series as a decoder names it; the same object every time, so that looking it up costs a pointer comparison. */
export interface SeriesKeyRef extends Omit<SeriesKey, 'source'> {
  readonly unit?: string
  readonly display?: string
  /** Filled by the engine at first use. */
  id: SeriesId | undefined
}

export interface Decoder {
  /**
   * @returns false where the record is passed over on purpose, such as a header line.
   * @throws Rejected; samples already written for the record are taken back by the caller.
   */
  decode(record: RawRecord, into: SampleWriter): boolean
}
