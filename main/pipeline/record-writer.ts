/** Puts decoded samples into the pending unit: finds the series, chooses the event time, runs the quality checks. */
import { Rejected } from '../contracts'
import type { RawRecord, SampleWriter, SeriesKeyRef } from '../contracts'
import type { SampleBuffer } from '../../shared/model/samples'
import type { DurationMs, EpochMs } from '../../shared/model/time'
import type { CheckProgram, QualityChecks } from '../quality/checks'
import type { SeriesRegistry } from './series-registry'

/** The record's own time, else the broker's, else the arrival. @throws Rejected where it is too far ahead */
export function eventTimeOf(record: RawRecord, time: EpochMs | null, maxAhead: DurationMs): EpochMs {
  const at = time ?? record.brokerTime ?? record.arrival
  if (at > record.arrival + maxAhead)
    throw new Rejected(
      `future: ${new Date(at).toISOString()} is further ahead of the arrival than allowed`,
      at - record.arrival,
    )
  return at
}

export class RecordWriter implements SampleWriter {
  into: SampleBuffer | undefined
  /** Samples of the record that checks took out, and why. */
  refused = 0
  reasons: string[] = []
  private record: RawRecord | undefined
  private readonly reading = { time: 0, value: 0, arrival: 0 }

  constructor(
    private readonly source: string,
    private readonly maxAhead: DurationMs,
    private readonly registry: SeriesRegistry,
    private readonly quality: QualityChecks | null,
  ) {}

  begin(record: RawRecord): void {
    this.record = record
    if (this.refused === 0) return
    this.refused = 0
    this.reasons = []
  }

  sample(ref: SeriesKeyRef, time: EpochMs | null, value: number): void {
    const record = this.record as RawRecord
    // What is no finite number is a gap, such as the 1e400 of a JSON text.
    const finite = Number.isFinite(value) ? value : NaN
    const checks = this.quality === null ? null : this.quality.of(ref)
    if (checks !== null) this.checked(checks, record, time, finite)
    else this.put(ref, eventTimeOf(record, time, this.maxAhead), finite, record.arrival)
  }

  private checked(checks: CheckProgram, record: RawRecord, time: EpochMs | null, value: number): void {
    const { reading } = this
    reading.time = eventTimeOf(record, time, checks.judgesFuture ? Infinity : this.maxAhead)
    reading.value = value
    reading.arrival = record.arrival
    const refusal = checks.refusal(reading)
    if (refusal === null) {
      this.put(checks.ref, reading.time, reading.value, record.arrival)
      return
    }
    this.refused += 1
    if (refusal !== '') this.reasons.push(refusal)
  }

  private put(ref: SeriesKeyRef, time: EpochMs, value: number, arrival: EpochMs): void {
    this.into?.push(ref.id ?? this.registry.resolve(this.source, ref), time, value, arrival)
  }
}
