/**
 * Where reading of one partition stands: the next offset and, as a witness, the record taken before it. A topic that
 * was deleted and created again has offsets that begin anew; another record at the witness's offset gives it away,
 * where the offset alone would go on in the middle of the new log.
 */
import { messageHash } from './message-hash'

export interface Witness {
  readonly offset: number
  /** The broker's timestamp, as it gives it. */
  readonly time: string
  /** Of key and value. */
  readonly hash: string
}

interface WitnessedMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
}

const hash = new Uint32Array(2)
const nothing = new Uint8Array(0)

export function witnessOf({ offset, timestamp, key, value }: WitnessedMessage): Witness {
  messageHash(key === null ? '' : key.toString('latin1'), value ?? nothing, hash, 0)
  return { offset: Number(offset), time: timestamp, hash: `${hash[0]?.toString(16)}-${hash[1]?.toString(16)}` }
}

export class PartitionPosition {
  witness: Witness | undefined
  /** The witness was found where it was, or there is none to be found. */
  checked = true
  /** What the next batch must have been asked for with; −1: nothing is asked for yet. */
  asked = -1
  /** First offset that the broker still has, and the one after its last, as far as is known. */
  low = 0
  high = 0
  /** Up to here it is backlog: what was there at the connection. */
  backlogEnd = 0

  constructor(
    readonly topic: string,
    readonly partition: number,
    public next: number,
  ) {}

  get name(): string {
    return `${this.topic}/${this.partition}`
  }
  get lag(): number {
    return Math.max(0, this.high - this.next)
  }
  get hasBacklog(): boolean {
    return this.next < this.backlogEnd
  }

  /** Stored with the samples: `next`, or `next witness-offset time hash`. */
  get cursor(): string {
    const { next, witness } = this
    return witness === undefined ? String(next) : `${next} ${witness.offset} ${witness.time} ${witness.hash}`
  }

  /** Where to read on from: the witness comes first while it is unchecked. */
  seekOffset(): number {
    this.asked = this.checked || this.witness === undefined ? this.next : this.witness.offset
    return this.asked
  }

  /** The next offset is this one, of a log that nothing was read of. */
  startAt(offset: number): void {
    this.next = offset
    this.witness = undefined
    this.checked = true
  }

  /** @returns false where another record stands at the witness's offset. Compaction may have removed it. */
  check(first: WitnessedMessage): boolean {
    const { witness } = this
    this.checked = true
    if (witness === undefined || Number(first.offset) !== witness.offset) return true
    const found = witnessOf(first)
    return found.time === witness.time && found.hash === witness.hash
  }
}

/** @returns undefined where the text is no cursor of a partition. */
export function parseCursor(name: string, cursor: string): PartitionPosition | undefined {
  const slash = name.lastIndexOf('/')
  const [next, offset, time, found] = cursor.split(' ')
  const position = new PartitionPosition(name.slice(0, slash), Number(name.slice(slash + 1)), Number(next))
  if (slash <= 0 || !Number.isSafeInteger(position.partition) || !Number.isSafeInteger(position.next)) return undefined
  if (time !== undefined && found !== undefined) position.witness = { offset: Number(offset), time, hash: found }
  return position
}
