/** What a decoding makes of some records, without a source: nothing is stored and no series is made. */
import { Rejected } from '../contracts'
import type { RawRecord, SampleWriter } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import { durationMs } from '../../shared/config/duration'
import type { DecodedRecord } from '../../shared/ipc/engine'
import { createDecoder } from './kinds'
import { eventTimeOf } from './record-writer'

/** Shown of one record at most. */
const MAX_SAMPLES = 50

/** @throws Error where the settings do not fit together. */
export function previewDecoding(
  records: readonly RawRecord[],
  settings: { readonly decoding: Decoding; readonly time: EventTime },
): DecodedRecord[] {
  const decoder = createDecoder(settings)
  const maxAhead = durationMs(settings.time.maxAhead)
  return records.map((record) => {
    const samples: DecodedRecord['samples'][number][] = []
    const into: SampleWriter = {
      sample({ name, labels }, time, value) {
        const at = eventTimeOf(record, time, maxAhead)
        if (samples.length < MAX_SAMPLES)
          samples.push({ name, labels, time: at, value: Number.isFinite(value) ? value : NaN })
      },
    }
    try {
      decoder.decode(record, into)
      return { samples, rejected: null }
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
      return { samples: [], rejected: error.message }
    }
  })
}
