/** What the settings make of the records of a test, asked of the engine's own decoders as the settings change. */
import { decoding as decodingSchema, eventTime } from '../../shared/config/decoding'
import type { DecodedRecord, RecordShown } from '../../shared/ipc/engine'
import type { EngineConnection } from './connection.svelte'

export interface PreviewRow {
  readonly record: RecordShown
  readonly decoded: DecodedRecord
}

export class DecodePreview {
  rows = $state.raw<readonly PreviewRow[]>([])
  /** Why the settings cannot be used at all. */
  problem = $state<string | null>(null)
  #asked = 0

  constructor(private readonly engine: EngineConnection) {}

  /** Settings that the schema refuses leave the last preview: their field says what is wrong. */
  show(records: readonly RecordShown[], decoding: unknown, time: unknown): void {
    const [how, when] = [decodingSchema.safeParse(decoding), eventTime.safeParse(time)]
    if (records.length === 0) this.rows = []
    if (records.length > 0 && how.success && when.success) void this.#ask(records, how.data, when.data)
  }

  async #ask(
    records: readonly RecordShown[],
    decoding: ReturnType<typeof decodingSchema.parse>,
    time: ReturnType<typeof eventTime.parse>,
  ): Promise<void> {
    const asked = ++this.#asked
    const bare = records.map(({ key, arrival, brokerTime, labels, bytes }) => ({
      key,
      arrival,
      bytes,
      ...(brokerTime === undefined ? {} : { brokerTime }),
      ...(labels === undefined ? {} : { labels }),
    }))
    const outcome = await this.engine.call('previewDecoding', { records: bare, decoding, time })
    if (asked !== this.#asked) return
    this.problem = outcome.ok ? null : outcome.error.message
    if (outcome.ok)
      this.rows = outcome.value.flatMap((decoded, i) => {
        const record = records[i]
        return record ? [{ record, decoded }] : []
      })
  }
}
