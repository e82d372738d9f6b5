/** Where reading begins in each partition: stored positions against what the broker still has. */
import type { Admin } from 'kafkajs'
import type { RawRecord, RecordSink } from '../contracts'
import type { KafkaConnection } from '../../shared/config/sources/kafka'
import { PartitionPosition } from './kafka-position'

/** By `topic/partition`. */
export type Positions = Map<string, PartitionPosition>

/** A request about one topic or group failed. */
export class PlacementError extends Error {
  constructor(
    readonly what: string,
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause))
  }
}

export interface Placing {
  readonly admin: Admin
  readonly config: KafkaConnection
  readonly positions: Positions
  readonly out: RecordSink
  /** Of a group that is shared with others: what they have read counts as read. */
  readonly sharedGroup: string | undefined
}

/** Asks the broker about all topics and corrects the positions. @throws PlacementError */
export async function place(placing: Placing): Promise<void> {
  for (const topic of placing.config.topics) {
    const ask = <T>(what: string, request: Promise<T>) =>
      request.catch((error: unknown) => {
        throw new PlacementError(what, error)
      })
    const { admin, config, sharedGroup } = placing
    // Asked for first: kafkajs fails without a word where a topic is unknown to the offsets request.
    await ask(topic, admin.fetchTopicMetadata({ topics: [topic] }))
    const bounds = await ask(topic, admin.fetchTopicOffsets(topic))
    const starts = config.start === 'time' ? await ask(topic, startsAt(admin, topic, config)) : undefined
    const shared =
      sharedGroup === undefined ? undefined : await ask(sharedGroup, groupOffsets(admin, sharedGroup, topic))
    // A partition that was added to a topic known before holds nothing that was there before the beginning.
    const known = [...placing.positions.values()].some((position) => position.topic === topic)
    for (const { partition, low, high } of bounds)
      placePartition(placing, known, {
        topic,
        partition,
        low: Number(low),
        high: Number(high),
        start: starts?.get(partition),
        shared: shared?.get(partition),
      })
  }
}

interface Bounds {
  readonly topic: string
  readonly partition: number
  readonly low: number
  readonly high: number
  /** By time, where that was asked for. */
  readonly start: number | undefined
  readonly shared: number | undefined
}

function placePartition({ config, positions, out }: Placing, known: boolean, bounds: Bounds): void {
  const { topic, partition, low, high, shared } = bounds
  const name = `${topic}/${partition}`
  let position = positions.get(name)
  const first = position === undefined
  if (position === undefined) {
    const begin = known ? low : (bounds.start ?? (config.start === 'oldest' ? low : high))
    positions.set(name, (position = new PartitionPosition(topic, partition, begin)))
  }
  position.low = low
  position.high = position.backlogEnd = high
  if (shared !== undefined && shared > position.next) position.startAt(shared)
  if (position.next > high) startOver(position, config, out)
  else if (position.next < low) skipDeleted(position, config, out)
  // So that "newest" is decided once: what comes while Weir is away is read after the next start.
  else if (first) writeCursor(position, out)
  position.checked = position.witness === undefined || position.witness.offset < low
}

/** The log is not the one that was read: all of what it holds is new. */
export function startOver(position: PartitionPosition, config: KafkaConnection, out: RecordSink): void {
  position.startAt(config.deleted === 'oldest' ? position.low : position.high)
  writeGap(
    position,
    out,
    `${position.name} was deleted and created again; reading goes on at its ${config.deleted} record`,
  )
}

function skipDeleted(position: PartitionPosition, config: KafkaConnection, out: RecordSink): void {
  const from = position.next
  position.startAt(config.deleted === 'oldest' ? position.low : position.high)
  writeGap(
    position,
    out,
    `records ${from} to ${position.next - 1} of ${position.name} were deleted or passed over before they were read`,
  )
}

function writeGap(position: PartitionPosition, out: RecordSink, unreadable: string): void {
  const record: RawRecord = { payload: new Uint8Array(0), key: position.topic, arrival: Date.now(), unreadable }
  void out.write({ records: [record], partition: position.name, cursor: position.cursor })
}

function writeCursor(position: PartitionPosition, out: RecordSink): void {
  void out.write({ records: [], partition: position.name, cursor: position.cursor })
}

async function startsAt(admin: Admin, topic: string, { startTime }: KafkaConnection): Promise<Map<number, number>> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(startTime ?? ''))
  return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
}

async function groupOffsets(admin: Admin, groupId: string, topic: string): Promise<Map<number, number>> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
  const stored = (found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)] as const)
  return new Map(stored.filter(([, offset]) => offset >= 0))
}
