/** Decodes records for the tests, with each series in the form that people read. */
import { Rejected } from '../../../main/contracts'
import type { Decoder, RawRecord, SeriesKeyRef } from '../../../main/contracts'
import { createDecoder } from '../../../main/pipeline/kinds'
import { source } from '../../../shared/config/workspace'
import type { SourceInput } from '../../../shared/config/workspace'
import { formatSeries } from '../../../shared/model/series'

export type DecodingInput = NonNullable<SourceInput['decoding']>
export type TimeInput = NonNullable<SourceInput['time']>
/** `name{label="…"}`, value, time (null: the record has none). */
export type Decoded = readonly [series: string, value: number, time: number | null]

export function decoderOf(decoding: DecodingInput, time: TimeInput = {}): Decoder {
  return createDecoder(source.parse({ id: 's', name: 's', connection: { kind: 'demo' }, decoding, time }))
}

export const record = (payload: Uint8Array | string, key = ''): RawRecord => ({
  payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
  key,
  arrival: 1_700_000_000_000,
})

/** The samples of a record; 'passed over' where it is that on purpose. */
export function samplesOf(decoder: Decoder, payload: Uint8Array | string, key = ''): Decoded[] | 'passed over' {
  const samples: Decoded[] = []
  const into = {
    sample: (ref: SeriesKeyRef, time: number | null, value: number) =>
      void samples.push([formatSeries(ref), value, time]),
  }
  return decoder.decode(record(payload, key), into) ? samples : 'passed over'
}

/** The reason; '' where the record was taken. */
export function reasonOf(decoder: Decoder, payload: Uint8Array | string, key = ''): string {
  try {
    samplesOf(decoder, payload, key)
    return ''
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    return error.message
  }
}

/** Bytes as the specifications print them: `82 a7 63`. */
export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/[\s_|]/g, ''), 'hex'))
