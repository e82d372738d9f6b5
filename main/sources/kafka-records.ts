/** Messages of a partition as raw records. */
import type { KafkaMessage } from 'kafkajs'
import type { RawRecord } from '../contracts'
import type { KafkaConnection } from '../../shared/config/sources/kafka'
import { unreadableBatch } from '../connections/kafka-codecs'

/** Labels are kept as one object each; a sender with a counter in its keys must not fill the memory. */
const MAX_CACHED = 150_000

export interface TakenRecords {
  readonly records: RawRecord[]
  /** Messages without a value: deletions in a compacted topic. */
  readonly tombstones: number
}

export class RecordMaker {
  private readonly labels = new Map<string, Readonly<Record<string, string>>>()
  private readonly labelled: boolean

  constructor(private readonly config: Pick<KafkaConnection, 'keyLabel' | 'headerLabels'>) {
    this.labelled = config.keyLabel !== undefined || config.headerLabels.length > 0
  }

  /** Those of [from, to) at `next` or later; a batch that could not be read is one record, its others are passed over. */
  take(topic: string, messages: readonly KafkaMessage[], from: number, to: number, next: number): TakenRecords {
    const records: RawRecord[] = []
    let tombstones = 0
    const arrival = Date.now()
    let least = next
    for (let i = from; i < to; i++) {
      const message = messages[i] as KafkaMessage
      const offset = Number(message.offset)
      if (offset < least) continue
      least = offset + 1
      if (message.value === null) tombstones += 1
      else records.push(this.record(topic, message, message.value, arrival))
    }
    return { records, tombstones }
  }

  private record(topic: string, message: KafkaMessage, payload: Buffer, arrival: number): RawRecord {
    const broken = payload.length === 1 ? unreadableBatch(payload) : undefined
    if (broken !== undefined) return { payload: broken.compressed, key: topic, arrival, unreadable: broken.reason }
    const time = Number(message.timestamp)
    // −1: the producer gave none.
    const brokerTime = time < 0 ? arrival : time
    return this.labelled
      ? { payload, key: topic, brokerTime, arrival, labels: this.labelsOf(message) }
      : { payload, key: topic, brokerTime, arrival }
  }

  private labelsOf({ key, headers = {} }: KafkaMessage): Readonly<Record<string, string>> {
    const { keyLabel, headerLabels } = this.config
    const found: [string, string][] = []
    if (keyLabel !== undefined && key !== null) found.push([keyLabel, key.toString('utf8')])
    for (const { header, label } of headerLabels) {
      // Of a header that stands there several times the last counts, as with JSON.
      const value = Array.isArray(headers[header]) ? headers[header].at(-1) : headers[header]
      if (value !== undefined && value !== null) found.push([label, value.toString('utf8')])
    }
    const text = found.flat().join('\0')
    let labels = this.labels.get(text)
    if (labels === undefined) {
      if (this.labels.size >= MAX_CACHED) this.labels.clear()
      this.labels.set(text, (labels = Object.fromEntries(found)))
    }
    return labels
  }
}
